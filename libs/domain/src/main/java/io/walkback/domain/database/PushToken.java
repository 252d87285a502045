package io.walkback.domain.database;

import io.walkback.domain.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// What lets a server push the WAL of one database: 256 random bits, so that a plain SHA-256 of it can be stored
/// and leads nowhere. Stateless.
public final class PushToken {
    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private PushToken() {}

    /// A new one, 43 letters, digits, `-` and `_`.
    public static Secret issue() {
        byte[] random = new byte[BYTES];
        RANDOM.nextBytes(random);
        return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }

    /// What is stored of it: SHA-256 in lower-case hexadecimal.
    public static String hash(Secret token) {
        return HexFormat.of().formatHex(sha256(token));
    }

    /// Whether `hash` is that of `token`, in a time that does not depend on where they differ. A database without a
    /// hash lets nobody in, and takes as long to say so.
    public static boolean matches(Secret token, @Nullable String hash) {
        byte[] known = (hash == null ? "" : hash).getBytes(StandardCharsets.US_ASCII);
        return MessageDigest.isEqual(hash(token).getBytes(StandardCharsets.US_ASCII), known);
    }

    private static byte[] sha256(Secret token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.reveal().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
