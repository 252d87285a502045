package io.walkback.aws;

import io.walkback.domain.Text;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/// What a failed request says to people and to us.
public final class Answers {
    private Answers() {}

    /// The service's own word, empty where the answer had none, as one to a HEAD request.
    public static String code(AwsServiceException answer) {
        String code = answer.awsErrorDetails() == null
                ? null
                : answer.awsErrorDetails().errorCode();
        return code == null ? "" : code;
    }

    /// Codes and ids, and no text of the service's: an answer may repeat what was asked, a signature among it.
    public static String said(SdkException failed) {
        if (failed instanceof AwsServiceException answer) {
            String code = code(answer);
            return "status " + answer.statusCode()
                    + (code.isEmpty() ? "" : " " + Text.printable(code, 60))
                    + (answer.requestId() == null ? "" : ", request id " + Text.printable(answer.requestId(), 80));
        }
        Throwable last = failed;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return Text.printable(last.getClass().getSimpleName() + ": " + last.getMessage(), 200);
    }
}
