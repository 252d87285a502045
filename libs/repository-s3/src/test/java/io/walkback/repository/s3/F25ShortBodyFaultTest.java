package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.repository.blob.ByteRange;
import io.walkback.testkit.s3.S3Fault;
import io.walkback.testkit.s3.S3Operation;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class F25ShortBodyFaultTest {
    @Test
    void aBodyThatEndsEarlyIsCompletedFromWhereItEnded() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given
            byte[] content = FaultyStore.noise(300_000);
            it.store.putIfAbsent(KEY, content);
            it.server.script(S3Operation.GET, 1, new S3Fault.CutBody(0));
            it.server.script(S3Operation.GET, 1, new S3Fault.CutBody(70_000));
            it.server.script(S3Operation.GET, 1, new S3Fault.CutBody(1));
            // When
            byte[] read = it.read();
            // Then
            assertThat(read).isEqualTo(content);
            it.server.assertEveryFaultHappened();
        }
    }

    @Test
    void aReadThatGoesOnNeverMixesTwoObjects() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given
            it.store.putIfAbsent(KEY, FaultyStore.noise(300_000));
            it.server.script(S3Operation.GET, 1, new S3Fault.CutBody(70_000));
            // When
            try (InputStream in = it.store.open(KEY, new ByteRange(0, 300_000))) {
                assertThat(in.readNBytes(1_000)).hasSize(1_000);
                it.server.overwrite(FaultyStore.OBJECT, FaultyStore.noise(300_001));
                // Then
                assertThatThrownBy(in::readAllBytes)
                        .isInstanceOf(CorruptDataException.class)
                        .hasMessageContaining("replaced or deleted");
            }
        }
    }

    @Test
    void bytesThatWereAcknowledgedAndAreNotThereAreNoticedAtOnce() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given
            it.server.script(S3Operation.PUT, 1, new S3Fault.Shortened(99));
            it.server.script(S3Operation.COMPLETE, 1, new S3Fault.Shortened(9_000_000));
            // When, then
            assertThatThrownBy(() -> it.store.putIfAbsent(KEY.child("small"), new byte[100]))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("99 bytes")
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.OBJECT_CORRUPT);
            assertThatThrownBy(() -> it.write(FaultyStore.longNoise()))
                    .hasMessageContaining("9000000 bytes")
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.OBJECT_CORRUPT);
        }
    }
}
