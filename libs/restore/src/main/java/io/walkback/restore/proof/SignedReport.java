package io.walkback.restore.proof;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A report and who wrote it: two lines. The first is the report, canonical JSON; the second says the public key and
/// the signature of the first line's bytes, without its newline. So it is checked without reading the JSON.
///
/// @param report    one line
/// @param publicKey X.509, base64
/// @param signature base64
public record SignedReport(String report, String publicKey, String signature) {
    private static final Pattern LINES = Pattern.compile("(?<report>\\{.*\\})\\x0a\\{\"algorithm\":\"Ed25519\","
            + "\"publicKey\":\"(?<key>[^\"]+)\",\"signature\":\"(?<signature>[^\"]+)\"\\}\\x0a");

    static SignedReport of(Map<String, Object> content, ReportKey key) {
        String report = CanonicalJson.of(content);
        return new SignedReport(report, key.publicKey(), ReportKey.encoded(key.sign(bytes(report))));
    }

    /// Reads what [#text] wrote. A text of another shape is one that was not signed: its signature is empty, and no
    /// key verifies that.
    public static SignedReport parse(String text) {
        Matcher lines = LINES.matcher(text);
        return lines.matches()
                ? new SignedReport(lines.group("report"), lines.group("key"), lines.group("signature"))
                : new SignedReport(text, "", "");
    }

    /// Whether whoever has the secret half of [#publicKey] wrote exactly this report.
    public boolean isGenuine() {
        return isCanonical(publicKey)
                && isCanonical(signature)
                && ReportKey.verify(publicKey, bytes(report), ReportKey.decoded(signature));
    }

    /// Base64 as we write it. The last character of others may have bits that nobody reads.
    private static boolean isCanonical(String base64) {
        try {
            return ReportKey.encoded(ReportKey.decoded(base64)).equals(base64);
        } catch (IllegalArgumentException _) {
            // Not base64.
            return false;
        }
    }

    /// `sha256:` and 64 hexadecimal digits, of the report's bytes.
    public String digest() {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(report)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    public String text() {
        return report + "\n"
                + CanonicalJson.of(Map.of("algorithm", "Ed25519", "publicKey", publicKey, "signature", signature))
                + "\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
