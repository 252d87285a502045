package io.walkback.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.repository.Repository;
import io.walkback.repository.fs.FileSystemBlobStore;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.wal.SealedPieces;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TailWriterTest {
    private static final int SEGMENT = 1 << 20;
    private static final Lsn START = new Lsn(5L * SEGMENT);

    private record Part(Lsn from, Lsn to) {}

    private final List<Part> durable = new CopyOnWriteArrayList<>();
    private final List<Part> lost = new CopyOnWriteArrayList<>();
    private final byte[] wal = new byte[9 << 20];
    private final Repository repository;
    private final Lineage lineage;

    TailWriterTest(@TempDir Path directory) {
        new Random(1).nextBytes(wal);
        repository = Repository.init(FileSystemBlobStore.create(directory.resolve("repository")), Clock.systemUTC());
        lineage = repository
                .forWriting(
                        new DatabaseId("shop"),
                        new SystemIdentifier(7),
                        new ClusterGeometry(SEGMENT, ClusterGeometry.BLOCK_SIZE))
                .lineage();
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private MockProducer<byte[], byte[]> producer(boolean answers) {
        return new MockProducer<>(answers, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private TailWriter writer(MockProducer<byte[], byte[]> producer) {
        return new TailWriter(producer, "wal-tail.shop", lineage, TimelineId.FIRST, new TailWriter.Listener() {
            @Override
            public void durable(Lsn from, Lsn to) {
                durable.add(new Part(from, to));
            }

            @Override
            public void lost(Lsn from, Lsn to, Exception cause) {
                lost.add(new Part(from, to));
            }
        });
    }

    private void append(TailWriter writer, int from, int to) {
        var _ = writer.append(START.plus(from), wal, from, to - from);
    }

    /// What the records hold, at the places that they name.
    private byte[] read(List<ProducerRecord<byte[], byte[]>> records, int length) {
        byte[] found = new byte[length];
        try (SealedPieces pieces = new SealedPieces(lineage)) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                SealedPieces.Name name = SealedPieces.nameOf(record.value());
                byte[] plain = pieces.open(name.piece(), record.value());
                System.arraycopy(plain, 0, found, (int) name.piece().from().minus(START), plain.length);
            }
        }
        return found;
    }

    @Test // P6
    void everyByteIsInARecordThatNamesItsPlaceAndIsDurableOnlyWhenTheBrokersHaveIt() {
        MockProducer<byte[], byte[]> producer = producer(false);
        int length = 2_500_000;
        try (TailWriter writer = writer(producer)) {
            // When
            for (int at = 0; at < length; at += 125_000) {
                append(writer, at, at + 125_000);
            }
            await().until(() -> reached(producer.history()).equals(START.plus(length)));
            assertThat(durable).isEmpty();
            // Then
            while (producer.completeNext()) {
                assertThat(durable).isNotEmpty();
            }
        }
        assertThat(read(producer.history(), length)).isEqualTo(Arrays.copyOf(wal, length));
        Lsn next = START;
        for (Part part : durable) {
            assertThat(part.from()).isEqualTo(next);
            next = part.to();
            // No record holds bytes of two segments.
            assertThat(part.from().bytes() / SEGMENT).isEqualTo((part.to().bytes() - 1) / SEGMENT);
        }
        assertThat(next).isEqualTo(START.plus(length));
        assertThat(lost).isEmpty();
    }

    private static Lsn reached(List<ProducerRecord<byte[], byte[]>> history) {
        return history.isEmpty()
                ? START
                : SealedPieces.nameOf(history.getLast().value()).piece().to();
    }

    @Test // P6, F09
    void aPartThatTheBrokersDoNotTakeIsLostAndWritingGoesOnBehindIt() {
        MockProducer<byte[], byte[]> producer = producer(false);
        try (TailWriter writer = writer(producer)) {
            append(writer, 0, 1_000);
            await().until(() -> producer.history().size() == 1);
            append(writer, 1_000, 2_000);
            await().until(() -> producer.history().size() == 2);
            // When
            producer.errorNext(new TimeoutException("no broker"));
            producer.completeNext();
            // Then
            assertThat(lost).containsExactly(new Part(START, START.plus(1_000)));
            assertThat(durable).containsExactly(new Part(START.plus(1_000), START.plus(2_000)));
        }
    }

    @Test
    void aServerThatIsFasterThanTheBrokersWaitsAndNothingIsLeftOut() {
        MockProducer<byte[], byte[]> producer = producer(true);
        try (TailWriter writer = writer(producer)) {
            for (int at = 0; at < wal.length; at += 1 << 17) {
                append(writer, at, at + (1 << 17));
            }
        }
        assertThat(read(producer.history(), wal.length)).isEqualTo(wal);
        assertThat(durable.getLast().to()).isEqualTo(START.plus(wal.length));
    }

    @Test // its memory is bounded, and whoever receives waits for it once
    void whatDoesNotFitIsLeftOutAndNeverToldToBeDurable() {
        MockProducer<byte[], byte[]> producer = producer(true);
        producer.sendException = new TimeoutException("the buffer is full");
        try (TailWriter writer = writer(producer)) {
            for (int at = 0; at < 8 << 20; at += 1 << 17) {
                append(writer, at, at + (1 << 17));
            }
            await().until(() -> !lost.isEmpty());
            // When
            producer.sendException = null;
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !durable.isEmpty() && durable.getLast().to().equals(reached(producer.history())));
            int behind = 8 << 20;
            await().until(() -> {
                append(writer, behind, behind + 10);
                return durable.contains(new Part(START.plus(behind), START.plus(behind + 10)));
            });
        }
        // Then
        assertThat(lost).isNotEmpty();
        assertThat(durable.stream()
                        .mapToLong(part -> part.to().minus(part.from()))
                        .sum())
                .isLessThan(8L << 20);
        byte[] found = read(producer.history(), wal.length);
        for (Part part : durable) {
            int from = (int) part.from().minus(START);
            int to = (int) part.to().minus(START);
            assertThat(Arrays.equals(found, from, to, wal, from, to)).isTrue();
        }
    }
}
