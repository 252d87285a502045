package io.walkback.repository.s3;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import io.walkback.repository.blob.BlobLock;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.blob.BlobPrefix;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Where a bucket is and how objects are put into it: `s3://bucket/prefix?name=value&...`.
///
/// | name | value | not given |
/// | --- | --- | --- |
/// | `region` | `eu-central-1` | `AWS_REGION`, else what the SDK finds, else `us-east-1` where there is an
/// endpoint |
/// | `endpoint` | `https://host:port` | `BACKUP_S3_ENDPOINT`, `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, else AWS |
/// | `pathStyle` | `true`, `false` | `true` where there is an endpoint |
/// | `sse` | `none`, `AES256`, `aws:kms` | `none`: what the bucket does by default |
/// | `kmsKeyId` | id or ARN, for `aws:kms` | the account's key for S3 |
/// | `storageClass` | `STANDARD_IA`, ... | the bucket's default |
/// | `lock` | `governance`, `compliance` | objects are not locked |
/// | `lockDays` | days that a lock lasts | must be given with `lock` |
///
/// Another name is refused. Credentials never stand in a URL: they come from the SDK's default chain.
///
/// @param prefix what every object's name begins with: empty, or ending with `/`
record S3Settings(
        String bucket,
        String prefix,
        Optional<String> region,
        Optional<URI> endpoint,
        boolean pathStyle,
        Encryption encryption,
        Optional<String> kmsKeyId,
        Optional<String> storageClass,
        Optional<BlobLock> lock) {
    enum Encryption {
        NONE,
        AES256,
        KMS
    }

    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_:/.-]{1,256}");
    private static final int LONGEST_LOCK_DAYS = 36_500;
    private static final Set<String> NAMES =
            Set.of("region", "endpoint", "pathStyle", "sse", "kmsKeyId", "storageClass", "lock", "lockDays");

    /// @param environment of the process; an empty value counts as not set
    static S3Settings parse(URI url, Map<String, String> environment) {
        if (url.isOpaque() || url.getRawUserInfo() != null || url.getPort() >= 0 || url.getRawFragment() != null) {
            throw refused("a bucket's address is not of the form s3://bucket/prefix?name=value");
        }
        String bucket = String.valueOf(url.getRawAuthority());
        if (!BUCKET.matcher(bucket).matches()) {
            throw refused("'" + Text.printable(bucket, 70) + "' cannot be the name of a bucket");
        }
        Map<String, String> given = parameters(url.getRawQuery());
        Optional<URI> endpoint = Optional.ofNullable(given.get("endpoint"))
                .or(() -> setting(environment, "BACKUP_S3_ENDPOINT"))
                .or(() -> setting(environment, "AWS_ENDPOINT_URL_S3"))
                .or(() -> setting(environment, "AWS_ENDPOINT_URL"))
                .map(S3Settings::endpoint);
        for (String name : List.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")) {
            if (endpoint.isEmpty() && environment.containsKey(name)) {
                // The SDK reads it as well, and takes no empty one.
                throw refused("setting " + name + " is empty, which the AWS SDK cannot use; do not set it at all");
            }
        }
        return new S3Settings(
                bucket,
                prefix(url.getPath()),
                word(given, "region").or(() -> setting(environment, "AWS_REGION")),
                endpoint,
                flag(given, "pathStyle").orElse(endpoint.isPresent()),
                encryption(given),
                word(given, "kmsKeyId"),
                word(given, "storageClass"),
                lock(given));
    }

    S3Settings {
        if (kmsKeyId.isPresent() && encryption != Encryption.KMS) {
            throw refused("a kmsKeyId without sse=aws:kms would not be used");
        }
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> given = new TreeMap<>();
        if (query == null || query.isEmpty()) {
            return given;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (equals < 0 || !NAMES.contains(name) || given.containsKey(name)) {
                // The value is left out: somebody may have put a key there.
                throw refused("setting '" + Text.printable(name, 40)
                        + "' of a bucket's address is unknown, has no value or stands there twice, known are "
                        + NAMES.stream().sorted().toList());
            }
            given.put(name, URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return given;
    }

    private static String prefix(String path) {
        String inner = path.replaceAll("^/|/$", "");
        try {
            return new BlobPrefix(inner.isEmpty() ? "" : inner + "/").value();
        } catch (IllegalArgumentException unusable) {
            throw refused("'" + Text.printable(inner, 100) + "' cannot be a prefix in a bucket");
        }
    }

    private static URI endpoint(String text) {
        try {
            URI endpoint = new URI(text);
            String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
            if (Set.of("http", "https").contains(scheme)
                    && endpoint.getHost() != null
                    && endpoint.getRawUserInfo() == null
                    && endpoint.getRawQuery() == null) {
                return endpoint;
            }
        } catch (URISyntaxException _) {
            throw refused("the endpoint of a bucket is no address");
        }
        throw refused("the endpoint of a bucket must be http://host:port or https://host:port");
    }

    private static Encryption encryption(Map<String, String> given) {
        return switch (given.getOrDefault("sse", "none")) {
            case "none" -> Encryption.NONE;
            case "AES256" -> Encryption.AES256;
            case "aws:kms" -> Encryption.KMS;
            default -> throw refused("sse of a bucket must be none, AES256 or aws:kms");
        };
    }

    private static Optional<BlobLock> lock(Map<String, String> given) {
        String mode = given.get("lock");
        String days = given.get("lockDays");
        if (mode == null && days == null) {
            return Optional.empty();
        }
        boolean known = "governance".equals(mode) || "compliance".equals(mode);
        if (!known || mode == null || days == null || !days.matches("[0-9]{1,5}")) {
            throw refused("a lock needs lock=governance or lock=compliance, and lockDays");
        }
        int lasts = Integer.parseInt(days);
        if (lasts < 1 || lasts > LONGEST_LOCK_DAYS) {
            throw refused("lockDays must be 1 to " + LONGEST_LOCK_DAYS + ", was " + lasts);
        }
        return Optional.of(new BlobLock(BlobLocks.Mode.valueOf(mode.toUpperCase(Locale.ROOT)), Duration.ofDays(lasts)));
    }

    private static Optional<String> word(Map<String, String> given, String name) {
        String value = given.get(name);
        if (value != null && !WORD.matcher(value).matches()) {
            throw refused("setting " + name + " of a bucket's address has characters that it cannot have");
        }
        return Optional.ofNullable(value);
    }

    private static Optional<Boolean> flag(Map<String, String> given, String name) {
        return Optional.ofNullable(given.get(name)).map(value -> switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refused("setting " + name + " of a bucket's address must be true or false");
        });
    }

    private static Optional<String> setting(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static OperatorActionException refused(String what) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                what,
                "Write it as s3://bucket/prefix?region=eu-central-1; docs/configuration.md lists the settings.");
    }

    /// The same place with another lock on what is written.
    S3Settings locking(BlobLock with) {
        return new S3Settings(
                bucket,
                prefix,
                region,
                endpoint,
                pathStyle,
                encryption,
                kmsKeyId,
                storageClass,
                Optional.of(lock.map(with::and).orElse(with)));
    }

    /// The address without settings, for messages.
    String location() {
        return "s3://" + bucket + "/" + prefix;
    }
}
