package io.walkback.repository.extent;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The repository's secret from which all digests are keyed: 32 bytes, one per repository, never rotated (a new
/// one would make every stored extent unknown). Never printed.
public final class NamingKey {
    public static final int BYTES = 32;

    private final byte[] secret;

    public NamingKey(byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("a naming key has " + BYTES + " bytes, not " + secret.length);
        }
        this.secret = secret.clone();
    }

    public static NamingKey random() {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        return new NamingKey(secret);
    }

    /// The secret's bytes, for the one object that keeps them.
    public byte[] reveal() {
        return secret.clone();
    }

    /// A 128-bit key for one purpose.
    byte[] derive(String label) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return Arrays.copyOf(mac.doFinal(label.getBytes(StandardCharsets.US_ASCII)), 16);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HmacSHA256", impossible);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NamingKey that && MessageDigest.isEqual(secret, that.secret);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(secret);
    }

    @Override
    public String toString() {
        return "NamingKey[secret]";
    }
}
