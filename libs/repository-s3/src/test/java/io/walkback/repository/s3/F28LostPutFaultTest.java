package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.testkit.s3.S3Fault;
import io.walkback.testkit.s3.S3Operation;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class F28LostPutFaultTest {
    @Test
    void aPutThatWasAcknowledgedAndLostIsNoticed() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            it.server.script(S3Operation.PUT, 1, new S3Fault.Forgotten());
            it.server.script(S3Operation.COMPLETE, 1, new S3Fault.Forgotten());
            assertThatThrownBy(() -> it.store.putIfAbsent(KEY, new byte[10]))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("acknowledged")
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.OBJECT_MISSING);
            assertThatThrownBy(() -> it.write(FaultyStore.longNoise()))
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.OBJECT_MISSING);
            assertThat(it.server.openUploads()).as("dropped by close").isZero();
        }
    }

    @Test
    void aPutWhoseAnswerWasLostIsKnownAsOnesOwn() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given
            it.server.script(S3Operation.PUT, 1, new S3Fault.LostAnswer());
            it.server.script(S3Operation.COMPLETE, 1, new S3Fault.LostAnswer());
            byte[] content = FaultyStore.longNoise();
            // When, then
            assertThat(it.store.putIfAbsent(KEY.child("small"), new byte[10])).isEqualTo(PutOutcome.CREATED);
            assertThat(it.write(content)).isEqualTo(PutOutcome.CREATED);
            assertThat(it.read()).isEqualTo(content);
            it.server.assertEveryFaultHappened();
        }
    }

    @Test
    void aPutThatArrivesAfterItsRepetitionChangesNothing() throws IOException {
        try (FaultyStore it = FaultyStore.impatient()) {
            // Given
            it.server.script(S3Operation.PUT, 1, new S3Fault.Late());
            // When
            assertThat(it.store.putIfAbsent(KEY, new byte[] {1, 2})).isEqualTo(PutOutcome.CREATED);
            it.server.letLateOnesPass();
            // Then
            assertThat(it.store.putIfAbsent(KEY, new byte[] {3})).isEqualTo(PutOutcome.ALREADY_THERE);
            assertThat(it.read()).containsExactly(1, 2);
            assertThat(it.server.versions(FaultyStore.OBJECT)).hasSize(1);
        }
    }

    @Test
    void aConflictIsLookedIntoAndTheLoserBacksOff() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given nobody else
            it.server.script(S3Operation.PUT, 2, new S3Fault.Answer(409, "ConditionalRequestConflict"));
            assertThat(it.store.putIfAbsent(KEY, new byte[] {1})).isEqualTo(PutOutcome.CREATED);
            // Given a winner
            it.server.script(S3Operation.PUT, 1, new S3Fault.Answer(409, "ConditionalRequestConflict"));
            assertThat(it.store.putIfAbsent(KEY, new byte[] {2})).isEqualTo(PutOutcome.ALREADY_THERE);
            assertThat(it.write(FaultyStore.longNoise())).isEqualTo(PutOutcome.ALREADY_THERE);
            // Then
            assertThat(it.read()).containsExactly(1);
            assertThat(it.server.openUploads()).isZero();
        }
    }

    @Test // pitfall 64
    void anErrorInTheBodyOfASuccessIsAnError() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given
            it.server.script(S3Operation.COMPLETE, 1, new S3Fault.ErrorInOk("InternalError"));
            byte[] content = FaultyStore.longNoise();
            // When, then
            assertThat(it.write(content)).isEqualTo(PutOutcome.CREATED);
            assertThat(it.read()).isEqualTo(content);
            it.server.assertEveryFaultHappened();
            assertThat(it.server.calls(S3Operation.COMPLETE)).isEqualTo(2);
        }
    }

    @Test // pitfall 63
    void aStoreThatLetsASecondWriterInIsRefusedBeforeARepositoryIsMadeThere() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given
            it.store.requireConditionalWrites();
            it.server.script(S3Operation.PUT, 1, new S3Fault.Answer(412, "PreconditionFailed"));
            it.server.script(S3Operation.PUT, 1, new S3Fault.Forgotten());
            // When, then
            assertThatThrownBy(it.store::requireConditionalWrites)
                    .hasMessageContaining("second writer")
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.NOT_SUPPORTED);
            it.server.assertEveryFaultHappened();
        }
    }
}
