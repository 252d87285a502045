package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walkback.backup.Cluster;
import io.walkback.backup.Store;
import io.walkback.backup.StoreOutage;
import io.walkback.backup.server.Clusters;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.WalDurability;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.layout.ClusterGeometry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// P6: when WAL is asked for, or declared missing, the tail was read to its end.
@Timeout(60)
class AttemptTailTest {
    private static final DatabaseRegistration STORE_ONLY = new DatabaseRegistration(
            Cluster.SHOP,
            new Connection("127.0.0.1", 1, "postgres", "walkback", null, "disable", null),
            PushedWal.SYSTEM,
            BackupPolicy.DEFAULT,
            Map.of());
    private static final DatabaseRegistration WITH_TAIL = new DatabaseRegistration(
            Cluster.SHOP,
            STORE_ONLY.connection(),
            PushedWal.SYSTEM,
            BackupPolicy.DEFAULT.durable(WalDurability.KAFKA_TAIL),
            Map.of());

    private final PushedWal wal = new PushedWal();
    private final MemoryTail tail = new MemoryTail();
    private final StoreOutage outage = new StoreOutage();
    private final Store store;
    private final LineageRepository lineage;
    private final Spools spools;
    private final AttemptTail attempt;

    AttemptTailTest(@TempDir Path directory) {
        store = new Store(directory.resolve("repository"), outage);
        lineage = store.repository.forWriting(
                Cluster.SHOP, PushedWal.SYSTEM, new ClusterGeometry(PushedWal.SIZE, ClusterGeometry.BLOCK_SIZE));
        spools = new Spools(directory.resolve("spool/shop.segment"));
        attempt = new AttemptTail(
                tail,
                new Clusters(store.repository),
                _ -> {},
                Clock.systemUTC(),
                spools,
                new Keeping.Pace(new Semaphore(2), Duration.ofHours(1)),
                new ReceptionMeters(
                        new SimpleMeterRegistry(), Cluster.SHOP, new Exposures(System.nanoTime()), Clock.systemUTC()));
    }

    @AfterEach
    void close() {
        spools.close();
        store.close();
    }

    private WalSegment add(long number) {
        WalSegment segment = PushedWal.name(1, number);
        tail.add(lineage.lineage(), MemoryTail.WRITER, segment, wal.segment(1, number), 0, PushedWal.SIZE, 250_000);
        return segment;
    }

    private boolean has(WalSegment segment) {
        return lineage.wal().contains(segment);
    }

    @Test
    void whatAPredecessorWroteUntilItsSlotWasTakenIsBroughtOverToo() {
        long next = 5;
        for (DatabaseRegistration registration : List.of(WITH_TAIL, STORE_ONLY)) {
            WalSegment early = add(next++);
            attempt.check(registration);
            assertThat(attempt.drain(registration, false)).isEmpty();
            assertThat(has(early)).isTrue();
            // When
            WalSegment late = add(next++);
            assertThat(attempt.drain(registration, true)).isEmpty();
            // Then
            assertThat(has(late)).isTrue();
        }
    }

    @Test
    void aTailThatCouldNotBeBroughtOverIsNotForgottenUnderAPolicyWithoutOne() {
        // Given
        WalSegment segment = add(5);
        outage.begin();
        attempt.check(STORE_ONLY);
        assertThatThrownBy(() -> attempt.drain(STORE_ONLY, true))
                .isInstanceOfSatisfying(RetryableException.class, away -> assertThat(away.code())
                        .isEqualTo(FailureCode.STORE_UNAVAILABLE));
        outage.end();
        // When
        attempt.check(STORE_ONLY);
        assertThat(attempt.drain(STORE_ONLY, true)).isEmpty();
        // Then
        assertThat(has(segment)).isTrue();
        // When nobody can have added anything
        int asked = tail.asked();
        assertThat(attempt.drain(STORE_ONLY, true)).isEmpty();
        // Then
        assertThat(tail.asked()).isEqualTo(asked);
    }

    @Test
    void whatAConnectionWroteIsBroughtOverWhenThePolicyIsChangedBack() {
        // Given
        attempt.check(STORE_ONLY);
        assertThat(attempt.drain(STORE_ONLY, true)).isEmpty();
        attempt.check(WITH_TAIL);
        try (ConnectionTail beside = attempt.begin(
                WITH_TAIL,
                lineage,
                TimelineId.FIRST,
                new DurablePrefix(PushedWal.name(1, 5).start()),
                (_, _) -> {})) {
            assertThat(beside).isNotNull();
        }
        WalSegment written = add(5);
        // When
        attempt.check(STORE_ONLY);
        assertThat(attempt.drain(STORE_ONLY, true)).isEmpty();
        // Then
        assertThat(has(written)).isTrue();
        assertThat(attempt.begin(
                        STORE_ONLY, lineage, TimelineId.FIRST, new DurablePrefix(written.start()), (_, _) -> {}))
                .isNull();
    }

    @Test // F09: brokers that are away, or whose names do not resolve
    void brokersThatAreAwayAreAskedOnceAConnectionAndWhyIsKeptForWhoeverDeclaresAGap() {
        // Given
        WalSegment segment = add(5);
        tail.fault = MemoryTail.away();
        attempt.check(WITH_TAIL);
        // Then
        assertThat(attempt.drain(WITH_TAIL, false))
                .map(RetryableException::code)
                .contains(FailureCode.BROKER_UNAVAILABLE);
        assertThat(attempt.drain(WITH_TAIL, true)).isPresent();
        assertThat(tail.asked()).isEqualTo(1);
        // When
        tail.fault = null;
        attempt.check(WITH_TAIL);
        assertThat(attempt.drain(WITH_TAIL, true)).isEmpty();
        // Then
        assertThat(has(segment)).isTrue();
    }

    @Test
    void aTopicThatMayLoseRecordsIsRefusedOnEachConnection() {
        attempt.check(WITH_TAIL);
        tail.fault = new OperatorActionException(FailureCode.TOPIC_MISCONFIGURED, "1 replicas", "Make it three.");
        assertThatThrownBy(() -> attempt.check(WITH_TAIL)).isSameAs(tail.fault);
    }
}
