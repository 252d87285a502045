package io.walkback.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

class NoAnswerTest {
    private static SdkClientException caused(Throwable cause) {
        return SdkClientException.create("in vain", new IllegalStateException(cause));
    }

    @Test
    void tellsWhatPassesFromWhatSomebodyMustMend() {
        assertThat(NoAnswer.of(AbortedException.create("ended"))).isEqualTo(NoAnswer.INTERRUPTED);
        assertThat(NoAnswer.of(ApiCallTimeoutException.create(5))).isEqualTo(NoAnswer.PASSING);
        assertThat(NoAnswer.of(caused(new ConnectException("refused")))).isEqualTo(NoAnswer.PASSING);
        assertThat(NoAnswer.of(caused(new SSLHandshakeException("unknown authority"))))
                .isEqualTo(NoAnswer.CERTIFICATE);
        assertThat(NoAnswer.of(SdkClientException.create("Unable to load Credentials")))
                .isEqualTo(NoAnswer.CREDENTIALS);
        assertThat(NoAnswer.of(SdkClientException.create("Unable to find a Region")))
                .isEqualTo(NoAnswer.REGION);
        assertThat(NoAnswer.of(SdkClientException.create("no body"))).isEqualTo(NoAnswer.OTHER);
    }

    @Test // P11
    void repeatsCodesAndIdsAndNoTextOfTheService() {
        AwsServiceException answer = AwsServiceException.builder()
                .message("the signature hush does not match")
                .statusCode(403)
                .requestId("r\n1")
                .awsErrorDetails(AwsErrorDetails.builder().errorCode("Denied").build())
                .build();
        assertThat(Answers.said(answer)).isEqualTo("status 403 Denied, request id r?1");
        assertThat(Answers.said(AwsServiceException.builder().statusCode(404).build()))
                .isEqualTo("status 404");
        assertThat(Answers.said(caused(new ConnectException("Connection refused"))))
                .isEqualTo("ConnectException: Connection refused");
    }
}
