package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.testkit.s3.S3Operation;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class F29ExpiredCredentialsFaultTest {
    private static AwsCredentialsProvider key(String id) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(id, "the-secret-of-" + id));
    }

    @Test
    void credentialsThatExpireInTheMiddleAreLookedUpAnewAndTheUploadGoesOn() throws IOException {
        Iterator<String> keys = List.of("OLDKEY", "NEWKEY").iterator();
        try (FaultyStore it = FaultyStore.plain(() -> key(keys.next()))) {
            // Given
            byte[] content = FaultyStore.longNoise();
            try (BlobWriter writer = it.store.newWriter(KEY)) {
                writer.write(content, 0, PartSizes.SMALLEST + 1);
                // When
                it.server.refuse("OLDKEY", "ExpiredToken");
                writer.write(content, PartSizes.SMALLEST + 1, content.length - PartSizes.SMALLEST - 1);
                // Then
                assertThat(writer.commit()).isEqualTo(PutOutcome.CREATED);
            }
            assertThat(it.read()).isEqualTo(content);
        }
    }

    @Test
    void credentialsThatStayRefusedAreReportedAndNotTriedForEver() throws IOException {
        try (FaultyStore it = FaultyStore.plain(() -> key("REVOKED"))) {
            // Given
            it.server.refuse("REVOKED", "InvalidAccessKeyId");
            // When, then
            assertThatThrownBy(() -> it.store.putIfAbsent(KEY, new byte[1]))
                    .isInstanceOf(OperatorActionException.class)
                    .hasMessageContaining("403 InvalidAccessKeyId")
                    .hasMessageNotContaining("the-secret")
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.STORE_ACCESS);
            assertThat(it.server.calls(S3Operation.PUT)).isEqualTo(2);
            assertThat(it.time.pauses()).isEmpty();
        }
    }

    @Test
    void aClockThatIsWrongIsNamedAsTheReason() throws IOException {
        try (FaultyStore it = FaultyStore.plain(() -> key("K"))) {
            it.server.refuse("K", "RequestTimeTooSkewed");
            assertThatThrownBy(() -> it.store.putIfAbsent(KEY, new byte[1]))
                    .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.hint())
                            .contains("clock"));
        }
    }
}
