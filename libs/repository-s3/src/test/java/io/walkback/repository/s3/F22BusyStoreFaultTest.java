package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.testkit.s3.S3Fault;
import io.walkback.testkit.s3.S3Operation;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class F22BusyStoreFaultTest {
    @Test
    void tenMinutesOfRefusalsMakeAnUploadSlowerAndDoNotFailIt() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given
            byte[] content = FaultyStore.longNoise();
            it.server.script(S3Operation.START_UPLOAD, 25, new S3Fault.Answer(503, "SlowDown"));
            it.server.script(S3Operation.PUT_PART, 5, new S3Fault.Answer(500, "InternalError"));
            it.server.script(S3Operation.COMPLETE, 25, new S3Fault.Answer(503, "ServiceUnavailable"));
            it.server.script(S3Operation.HEAD, 20, new S3Fault.Answer(503, ""));
            // When
            PutOutcome outcome = it.write(content);
            // Then
            assertThat(outcome).isEqualTo(PutOutcome.CREATED);
            assertThat(it.read()).isEqualTo(content);
            assertThat(it.time.paused()).isGreaterThan(Duration.ofMinutes(10));
            it.server.assertEveryFaultHappened();
        }
    }

    @Test
    void pausesDoubleUpToALimitAndHalfOfEachIsByChance() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given
            it.time.jitter(0);
            it.server.script(S3Operation.PUT, 11, new S3Fault.Answer(503, "SlowDown"));
            // When
            it.store.putIfAbsent(KEY, new byte[1]);
            // Then
            assertThat(it.time.pauses())
                    .startsWith(Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(200))
                    .endsWith(Duration.ofSeconds(10));
            // Given
            it.time.jitter(1);
            it.server.script(S3Operation.GET, 1, new S3Fault.Answer(500, "InternalError"));
            // When
            it.read();
            // Then
            assertThat(it.time.pauses()).endsWith(Duration.ofMillis(100));
        }
    }

    @Test
    void whatIsNotListedIsNotRepeated() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            it.server.script(S3Operation.PUT, 1, new S3Fault.Answer(400, "InvalidArgument"));
            assertThatThrownBy(() -> it.store.putIfAbsent(KEY, new byte[1]))
                    .isInstanceOf(OperatorActionException.class)
                    .hasMessageContaining("400 InvalidArgument")
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.NOT_SUPPORTED);
            assertThat(it.server.calls(S3Operation.PUT)).isEqualTo(1);
            assertThat(it.time.pauses()).isEmpty();
        }
    }

    @Test
    void bytesThatWereDamagedOnTheWayAreSentAgainButNotForEver() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            it.server.script(S3Operation.PUT, 2, new S3Fault.Answer(400, "BadDigest"));
            assertThat(it.store.putIfAbsent(KEY, new byte[1])).isEqualTo(PutOutcome.CREATED);
            it.server.script(S3Operation.PUT, 3, new S3Fault.Answer(400, "BadDigest"));
            assertThatThrownBy(() -> it.store.putIfAbsent(KEY.child("2"), new byte[1]))
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.STORE_UNAVAILABLE);
        }
    }
}
