package io.walkback.keys.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KmsKeyReferenceTest {
    private static final String ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    @Test
    void takesTheRegionOutOfAnArn() {
        assertThat(KmsKeyReference.parse("//" + ARN))
                .isEqualTo(new KmsKeyReference("eu-central-1", ARN, Optional.empty()));
        assertThat(KmsKeyReference.parse(ARN)).isEqualTo(KmsKeyReference.parse("//" + ARN));
        String china = "arn:aws-cn:kms:cn-north-1:111122223333:alias/walkback/eu1";
        assertThat(KmsKeyReference.parse("//" + china))
                .isEqualTo(new KmsKeyReference("cn-north-1", china, Optional.empty()));
    }

    @Test
    void takesIdsAndAliasesBehindARegion() {
        assertThat(KmsKeyReference.parse("//us-gov-west-1/mrk-12ab"))
                .isEqualTo(new KmsKeyReference("us-gov-west-1", "mrk-12ab", Optional.empty()));
        assertThat(KmsKeyReference.parse("//eu-west-1/alias/walkback").keyId()).isEqualTo("alias/walkback");
    }

    @Test
    void takesAnEndpointThatIsEncryptedOrOnThisMachine() {
        URI private1 = URI.create("https://vpce-01.kms.eu-west-1.vpce.amazonaws.com");
        assertThat(KmsKeyReference.parse("//eu-west-1/k?endpoint=" + private1).endpoint())
                .contains(private1);
        assertThat(KmsKeyReference.parse("//eu-west-1/k?endpoint=http://127.0.0.1:7")
                        .endpoint())
                .isPresent();
        for (String endpoint : new String[] {
            "http://192.0.2.7:80", "https://user:secret@h", "ftp://127.0.0.1", "https://h?x=y", "https://", " "
        }) {
            assertThatThrownBy(() -> KmsKeyReference.parse("//eu-west-1/k?endpoint=" + endpoint))
                    .as(endpoint)
                    .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.code())
                            .isEqualTo(FailureCode.CONFIGURATION))
                    .message()
                    .doesNotContain("secret");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "//",
                "//eu-west-1",
                "//eu-west-1/",
                "//west/k",
                "//eu-west-1/k?region=x",
                "//arn:aws:s3:eu-west-1:111122223333:key/k",
                "//arn:aws:kms:eu-west-1:1:key/k",
                "//eu-west-1/k k",
                "//eu-west-1/k?AWS_SECRET_ACCESS_KEY=hush"
            })
    void refusesWhatCannotBeAKeyAndRepeatsNoSecret(String text) {
        assertThatThrownBy(() -> KmsKeyReference.parse(text))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(FailureCode.CONFIGURATION);
                    assertThat(refused.hint()).contains("aws-kms://REGION/KEY-ID");
                })
                .message()
                .doesNotContain("hush");
    }
}
