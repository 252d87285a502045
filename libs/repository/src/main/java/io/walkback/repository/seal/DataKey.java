package io.walkback.repository.seal;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/// 32 secret bytes: a data key, the naming key, or a key-encryption key out of a file. Never printed; equality
/// takes the same time for any two.
public final class DataKey {
    public static final int BYTES = 32;

    private final byte[] secret;

    public DataKey(byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("a key has " + BYTES + " bytes, not " + secret.length);
        }
        this.secret = secret.clone();
    }

    public static DataKey random() {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        DataKey key = new DataKey(secret);
        Arrays.fill(secret, (byte) 0);
        return key;
    }

    /// A copy of the bytes, for what wraps or derives.
    public byte[] reveal() {
        return secret.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DataKey that && MessageDigest.isEqual(secret, that.secret);
    }

    @Override
    public int hashCode() {
        return DataKey.class.hashCode();
    }

    @Override
    public String toString() {
        return "DataKey[secret]";
    }
}
