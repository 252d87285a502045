package io.walkback.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.testkit.s3.S3Fault;
import io.walkback.testkit.s3.S3Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// The bytes of a sent part carry another part afterwards, of whichever writer comes first.
class PartsUsedAgainTest {
    private static final int LENGTH = 3 * PartSizes.SMALLEST + 12_345;

    @Test
    void writersAtOnceMixNoPartsUpThoughSomeAreSentTwice()
            throws IOException, InterruptedException, ExecutionException {
        try (FaultyStore it = FaultyStore.plain();
                var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            byte[] noise = FaultyStore.noise(LENGTH + 6);
            it.server.script(S3Operation.PUT_PART, 3, new S3Fault.Answer(500, "InternalError"));
            // When
            List<Future<PutOutcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                int from = i;
                outcomes.add(writers.submit(() -> write(it, from, noise)));
            }
            // Then
            for (int i = 0; i < 6; i++) {
                assertThat(outcomes.get(i).get()).isEqualTo(PutOutcome.CREATED);
                byte[] read = BlobReads.all(it.store, key(i), Integer.MAX_VALUE);
                assertThat(Arrays.equals(read, 0, LENGTH, noise, i, i + LENGTH))
                        .as("content of writer %d", i)
                        .isTrue();
                assertThat(read).hasSize(LENGTH);
            }
        }
    }

    @Test
    void aWriterThatGivesUpLeavesNothingToOthersThatIsStillSent() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given
            byte[] noise = FaultyStore.noise(LENGTH + 1);
            it.server.script(S3Operation.PUT_PART, 1, new S3Fault.Answer(403, "AccessDenied"));
            assertThat(catchThrowable(() -> write(it, 0, noise))).isInstanceOf(PlatformException.class);
            // When
            PutOutcome outcome = write(it, 1, noise);
            // Then
            assertThat(outcome).isEqualTo(PutOutcome.CREATED);
            assertThat(Arrays.equals(
                            BlobReads.all(it.store, key(1), Integer.MAX_VALUE), 0, LENGTH, noise, 1, 1 + LENGTH))
                    .isTrue();
        }
    }

    private static BlobKey key(int i) {
        return FaultyStore.KEY.child("" + i);
    }

    private static PutOutcome write(FaultyStore it, int from, byte[] noise) {
        try (BlobWriter writer = it.store.newWriter(key(from))) {
            for (int at = 0; at < LENGTH; at += 100_000) {
                writer.write(noise, from + at, Math.min(100_000, LENGTH - at));
            }
            return writer.commit();
        }
    }
}
