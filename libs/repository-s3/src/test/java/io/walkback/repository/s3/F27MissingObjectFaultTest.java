package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.testkit.s3.S3Fault;
import io.walkback.testkit.s3.S3Operation;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class F27MissingObjectFaultTest {
    @Test
    void anObjectThatVanishedIsMissingAndNotUnreachable() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given
            it.store.putIfAbsent(KEY, new byte[10]);
            it.server.hide(FaultyStore.OBJECT);
            // When, then
            assertThat(it.store.size(KEY)).isEmpty();
            assertThatThrownBy(() -> it.store.open(KEY, new ByteRange(0, 10)))
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.OBJECT_MISSING);
        }
    }

    @Test
    void anObjectIsNotMissingWhenItsBucketIsAndNotWhenTheStoreCouldNotBeAsked() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            it.server.script(S3Operation.HEAD_BUCKET, 1, new S3Fault.Answer(404, "NoSuchBucket"));
            assertThatThrownBy(() -> it.store.size(KEY))
                    .isInstanceOf(OperatorActionException.class)
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.STORE_MISSING);
            it.server.script(S3Operation.HEAD, 2, new S3Fault.Answer(403, ""));
            assertThatThrownBy(() -> it.store.size(KEY))
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.STORE_ACCESS);
        }
    }

    @Test
    void aStoreThatShowsAnObjectOnlyAfterAWhileIsWaitedFor() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given
            it.server.script(S3Operation.HEAD, 3, new S3Fault.Answer(404, "NoSuchKey"));
            // When
            PutOutcome outcome = it.store.putIfAbsent(KEY, new byte[10]);
            // Then
            assertThat(outcome).isEqualTo(PutOutcome.CREATED);
            it.server.assertEveryFaultHappened();
        }
    }
}
