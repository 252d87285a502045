package io.walkback.keys.kms;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which key, and where it is asked for:
///
/// ```
///  aws-kms://arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
///  aws-kms://eu-central-1/1234abcd-12ab-34cd-56ef-1234567890ab
///  aws-kms://eu-central-1/alias/walkback
///  aws-kms://...?endpoint=https://vpce-0123.kms.eu-central-1.vpce.amazonaws.com
/// ```
///
/// Credentials never stand in it: they come from the SDK's default chain.
///
/// @param keyId    as KMS takes it: an ARN, a key's id, `alias/name`
/// @param endpoint instead of the region's own
record KmsKeyReference(String region, String keyId, Optional<URI> endpoint) {
    private static final String ENDPOINT = "endpoint=";
    private static final Pattern ARN =
            Pattern.compile("arn:aws[a-z-]*:kms:([a-z0-9-]{1,40}):[0-9]{12}:(?:key|alias)/[A-Za-z0-9/_-]{1,256}");
    private static final Pattern IN_REGION =
            Pattern.compile("([a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2})/((?:alias/)?[A-Za-z0-9/_-]{1,256})");

    /// @param text what stands after `aws-kms:` in a setting
    static KmsKeyReference parse(String text) {
        String inner = text.startsWith("//") ? text.substring(2) : text;
        int question = inner.indexOf('?');
        String key = question < 0 ? inner : inner.substring(0, question);
        Optional<URI> endpoint = question < 0 ? Optional.empty() : Optional.of(endpoint(inner.substring(question + 1)));
        Matcher arn = ARN.matcher(key);
        if (arn.matches()) {
            return new KmsKeyReference(arn.group(1), key, endpoint);
        }
        Matcher plain = IN_REGION.matcher(key);
        if (plain.matches()) {
            return new KmsKeyReference(plain.group(1), plain.group(2), endpoint);
        }
        throw refused("'" + Text.printable(key, 300) + "' cannot be a key of AWS KMS");
    }

    private static URI endpoint(String query) {
        if (!query.startsWith(ENDPOINT)) {
            // The value is left out: somebody may have put a secret there.
            throw refused("a key of AWS KMS has no setting '" + Text.printable(query.split("=", 2)[0], 40)
                    + "', known is endpoint");
        }
        try {
            URI endpoint = new URI(query.substring(ENDPOINT.length()));
            boolean whole = endpoint.getHost() != null
                    && endpoint.getRawUserInfo() == null
                    && endpoint.getRawQuery() == null
                    && endpoint.getRawFragment() == null;
            if (whole && ("https".equals(endpoint.getScheme()) || isOnThisMachine(endpoint))) {
                return endpoint;
            }
        } catch (URISyntaxException _) {
            throw refused("the endpoint of AWS KMS is no address");
        }
        throw refused("the endpoint of AWS KMS must be https://host:port, since data keys travel there");
    }

    private static boolean isOnThisMachine(URI endpoint) {
        try {
            return "http".equals(endpoint.getScheme())
                    && InetAddress.getByName(endpoint.getHost()).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }

    private static OperatorActionException refused(String what) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                what,
                "Write aws-kms://REGION/KEY-ID or aws-kms://KEY-ARN; docs/security/encryption.md has examples.");
    }
}
