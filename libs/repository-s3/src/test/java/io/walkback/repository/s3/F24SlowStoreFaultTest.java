package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.testkit.s3.S3Fault;
import io.walkback.testkit.s3.S3Operation;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class F24SlowStoreFaultTest {
    @Test
    void aReadThatTricklesOrStandsStillIsTakenUpElsewhere() throws IOException {
        try (FaultyStore it = FaultyStore.impatient()) {
            // Given
            byte[] content = FaultyStore.noise(500_000);
            it.store.putIfAbsent(KEY, content);
            it.server.script(S3Operation.GET, 1, new S3Fault.Trickle());
            it.server.script(S3Operation.GET, 1, new S3Fault.Silence(100_000));
            it.server.script(S3Operation.GET, 1, new S3Fault.Silence(0));
            // When
            byte[] read = it.read();
            // Then
            assertThat(read).isEqualTo(content);
            assertThat(it.server.calls(S3Operation.GET)).isGreaterThanOrEqualTo(4);
            it.server.assertEveryFaultHappened();
        }
    }

    @Test
    void aRequestThatIsNeverAnsweredIsGivenUpAndRepeated() throws IOException {
        try (FaultyStore it = FaultyStore.impatient()) {
            // Given
            it.server.script(S3Operation.PUT_PART, 1, new S3Fault.Late());
            it.server.script(S3Operation.HEAD, 1, new S3Fault.Late());
            byte[] content = FaultyStore.longNoise();
            // When
            PutOutcome outcome = it.write(content);
            // Then
            assertThat(outcome).isEqualTo(PutOutcome.CREATED);
            assertThat(it.read()).isEqualTo(content);
            it.server.assertEveryFaultHappened();
        }
    }

    @Test
    void aStoreThatOnlyTricklesIsReportedAfterABudgetOfLostTime() throws IOException {
        try (FaultyStore it = FaultyStore.impatient()) {
            // Given
            it.store.putIfAbsent(KEY, FaultyStore.noise(500_000));
            it.server.script(S3Operation.GET, 1_000, new S3Fault.CutBody(1));
            // When, then
            assertThatThrownBy(it::read)
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining("interruptions")
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.STORE_UNAVAILABLE);
        }
    }
}
