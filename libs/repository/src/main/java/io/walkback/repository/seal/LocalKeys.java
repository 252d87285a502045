package io.walkback.repository.seal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Key-encryption keys in this process's memory, the first of them current. A wrapper is a random 12-byte nonce,
/// the key under AES-256-GCM, and the 16-byte tag: 60 bytes.
public final class LocalKeys implements KeyEncryption {
    /// The method by which such a wrapper is known.
    public static final String METHOD = "file";

    private static final int NONCE = 12;
    private static final int TAG = 16;
    private static final byte[] ID_LABEL = "walkback kek id 1".getBytes(StandardCharsets.US_ASCII);

    private final String source;
    private final Map<KekId, DataKey> keys = new LinkedHashMap<>();
    private final KekId current;

    /// @param source where they come from, for messages
    /// @param keys   the current one first; at least one
    public LocalKeys(String source, List<DataKey> keys) {
        this.source = source;
        for (DataKey key : keys) {
            this.keys.put(idOf(key), key);
        }
        this.current = idOf(keys.getFirst());
    }

    /// The first 16 bytes of HMAC-SHA256(key, `walkback kek id 1`).
    public static KekId idOf(DataKey key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.reveal(), "HmacSHA256"));
            return KekId.of(mac.doFinal(ID_LABEL));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HmacSHA256", impossible);
        }
    }

    @Override
    public KekId current() {
        return current;
    }

    @Override
    public WrappedKey wrap(DataKey key, KeyContext context) {
        byte[] nonce = new byte[NONCE];
        new SecureRandom().nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, current, nonce, context).doFinal(key.reveal());
            byte[] bytes = new byte[NONCE + sealed.length];
            System.arraycopy(nonce, 0, bytes, 0, NONCE);
            System.arraycopy(sealed, 0, bytes, NONCE, sealed.length);
            return new WrappedKey(current, METHOD, "", new WrappedKey.Bytes(bytes));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has AES/GCM", impossible);
        }
    }

    @Override
    public boolean holds(WrappedKey wrapped) {
        return wrapped.method().equals(METHOD) && keys.containsKey(wrapped.kek());
    }

    @Override
    public DataKey unwrap(WrappedKey wrapped, KeyContext context) throws WrapDamage {
        if (!holds(wrapped)) {
            throw new OperatorActionException(
                    FailureCode.KEY_UNAVAILABLE,
                    "key-encryption key " + wrapped.kek() + " is not among " + describe(),
                    "Give the key file that holds it.");
        }
        byte[] bytes = wrapped.bytes().toArray();
        if (bytes.length != NONCE + DataKey.BYTES + TAG) {
            throw new WrapDamage("a wrapper of " + bytes.length + " bytes");
        }
        try {
            return new DataKey(cipher(Cipher.DECRYPT_MODE, wrapped.kek(), bytes, context)
                    .doFinal(bytes, NONCE, bytes.length - NONCE));
        } catch (AEADBadTagException damaged) {
            throw new WrapDamage("it does not open under key-encryption key " + wrapped.kek());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has AES/GCM", impossible);
        }
    }

    @Override
    public String describe() {
        return "the keys " + keys.keySet() + " of " + source;
    }

    private Cipher cipher(int mode, KekId kek, byte[] nonce, KeyContext context) throws GeneralSecurityException {
        DataKey key = keys.get(kek);
        if (key == null) {
            throw new IllegalStateException("key " + kek + " was asked for and is not held");
        }
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key.reveal(), "AES"), new GCMParameterSpec(TAG * 8, nonce, 0, NONCE));
        cipher.updateAAD(context.associatedData());
        return cipher;
    }

    @Override
    public String toString() {
        return describe();
    }
}
