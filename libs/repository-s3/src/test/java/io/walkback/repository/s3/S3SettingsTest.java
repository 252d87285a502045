package io.walkback.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobLock;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.testkit.s3.FakeObject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3SettingsTest {
    @Test
    void aBucketAloneHasTheseDefaults() {
        assertThat(parse("s3://backups", Map.of()))
                .isEqualTo(new S3Settings(
                        "backups",
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        S3Settings.Encryption.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void everythingCanBeSetInTheAddress() {
        S3Settings settings = parse(
                "s3://backups/eu/shop/?region=eu-central-1&endpoint=http%3A%2F%2F127.0.0.1%3A9090&pathStyle=false"
                        + "&sse=aws:kms&kmsKeyId=alias/walkback&storageClass=STANDARD_IA&lock=compliance&lockDays=30",
                Map.of("AWS_REGION", "us-west-2", "AWS_ENDPOINT_URL", "http://elsewhere"));
        assertThat(settings)
                .isEqualTo(new S3Settings(
                        "backups",
                        "eu/shop/",
                        Optional.of("eu-central-1"),
                        Optional.of(URI.create("http://127.0.0.1:9090")),
                        false,
                        S3Settings.Encryption.KMS,
                        Optional.of("alias/walkback"),
                        Optional.of("STANDARD_IA"),
                        Optional.of(new BlobLock(BlobLocks.Mode.COMPLIANCE, Duration.ofDays(30)))));
        assertThat(settings.location()).isEqualTo("s3://backups/eu/shop/");
    }

    @Test
    void whatTheAddressLeavesOutComesFromTheEnvironment() {
        S3Settings settings = parse(
                "s3://backups",
                Map.of("AWS_REGION", "eu-west-1", "AWS_ENDPOINT_URL_S3", "https://minio:9000", "AWS_ENDPOINT_URL", ""));
        assertThat(settings.region()).contains("eu-west-1");
        assertThat(settings.endpoint()).contains(URI.create("https://minio:9000"));
        assertThat(settings.pathStyle()).isTrue();
        assertThat(parse("s3://backups", Map.of("AWS_REGION", " ", "BACKUP_S3_ENDPOINT", ""))
                        .region())
                .isEmpty();
        assertThat(parse("s3://backups", Map.of("BACKUP_S3_ENDPOINT", "http://a:1", "AWS_ENDPOINT_URL", "http://b:1"))
                        .endpoint())
                .contains(URI.create("http://a:1"));
        assertThatThrownBy(() -> parse("s3://backups", Map.of("AWS_ENDPOINT_URL_S3", "")))
                .hasMessageContaining("AWS_ENDPOINT_URL_S3 is empty");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3:backups",
                "s3://Backups",
                "s3://ab",
                "s3://key:secret@backups",
                "s3://backups:80",
                "s3://backups/a//b",
                "s3://backups/../b",
                "s3://backups#x",
                "s3://backups?secret=abc",
                "s3://backups?region",
                "s3://backups?region=a&region=b",
                "s3://backups?region=a b",
                "s3://backups?pathStyle=yes",
                "s3://backups?sse=AES",
                "s3://backups?kmsKeyId=x",
                "s3://backups?lock=governance",
                "s3://backups?lockDays=3",
                "s3://backups?lock=soft&lockDays=3",
                "s3://backups?lock=governance&lockDays=0",
                "s3://backups?lock=governance&lockDays=99999",
                "s3://backups?endpoint=ftp://x",
                "s3://backups?endpoint=http://u:p@x"
            })
    void whatCannotBeIsRefusedWithoutRepeatingAValue(String url) {
        assertThatThrownBy(() -> parse(url.replace(" ", "%20"), Map.of()))
                .isInstanceOfSatisfying(PlatformException.class, refused -> assertThat(refused.code())
                        .isEqualTo(FailureCode.CONFIGURATION))
                .hasMessageNotContaining("abc");
    }

    @Test
    void headersForEncryptionClassAndLockAreSentWhenTheyAreSet() throws IOException {
        BlobKey key = new BlobKey("small");
        try (FaultyStore it = FaultyStore.versioned(
                "sse=aws:kms&kmsKeyId=key-7&storageClass=STANDARD_IA&lock=governance&lockDays=1")) {
            it.store.putIfAbsent(key, new byte[1]);
            it.write(FaultyStore.longNoise());
            for (String name : new String[] {"walkback/small", FaultyStore.OBJECT}) {
                assertThat(it.server.versions(name))
                        .singleElement()
                        .extracting(FakeObject::headers)
                        .asInstanceOf(InstanceOfAssertFactories.map(String.class, String.class))
                        .containsEntry("x-amz-server-side-encryption", "aws:kms")
                        .containsEntry("x-amz-server-side-encryption-aws-kms-key-id", "key-7")
                        .containsEntry("x-amz-storage-class", "STANDARD_IA")
                        .containsEntry("x-amz-object-lock-mode", "GOVERNANCE")
                        .containsKey("x-amz-meta-walkback-put");
            }
        }
        try (FaultyStore it = FaultyStore.versioned("sse=AES256")) {
            it.store.putIfAbsent(key, new byte[1]);
            assertThat(it.server.versions("walkback/small").getFirst().headers())
                    .containsEntry("x-amz-server-side-encryption", "AES256")
                    .doesNotContainKeys("x-amz-storage-class", "x-amz-object-lock-mode");
        }
    }

    @Test
    void partsAreEqualAsLongAsTheyReach() {
        assertThat(PartSizes.of(1)).isEqualTo(8 << 20);
        assertThat(PartSizes.of(2_000)).isEqualTo(8 << 20);
        assertThat(PartSizes.of(2_001)).isEqualTo(16 << 20);
        assertThat(PartSizes.of(10_000)).isEqualTo(128 << 20);
        assertThatThrownBy(() -> PartSizes.of(10_001)).isInstanceOf(IllegalArgumentException.class);
    }

    private static S3Settings parse(String url, Map<String, String> environment) {
        return S3Settings.parse(URI.create(url), environment);
    }
}
