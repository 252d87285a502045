package io.walkback.repository.seal;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ObjectHeader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;

/// How one object's frames are stored: as they are, or sealed under a key that is this object's alone. Immutable,
/// some 300 bytes; prints no key.
///
/// Object key = HKDF-SHA256 with the data key as input, no salt, and `walkback seal 1` followed by the object id as
/// info. Associated data of each frame: `version u8 | kind u8 | repository id 16 | object id 16 | SHA-256 of the
/// header 32 | ordinal u32 | extent identity 16 | codec u8 | plain length u32`.
public final class ObjectSeal {
    /// Bytes that sealing adds to a frame.
    public static final int TAG = 16;

    /// The ordinal of a sealed footer; frames have lower ones.
    public static final int FOOTER = 0xFFFFFF;

    private static final byte[] LABEL = "walkback seal 1".getBytes(StandardCharsets.US_ASCII);

    private final BlobKey key;
    private final @Nullable SecretKey secret;
    private final byte[] bound;

    private ObjectSeal(BlobKey key, @Nullable SecretKey secret, byte[] bound) {
        this.key = key;
        this.secret = secret;
        this.bound = bound;
    }

    /// An object that is not sealed.
    public static ObjectSeal none(BlobKey key) {
        return new ObjectSeal(key, null, new byte[0]);
    }

    /// @param bytes of the header, exactly
    public static ObjectSeal of(BlobKey key, byte[] bytes, ObjectHeader header, DataKey dataKey) {
        ByteSink bound = new ByteSink(66)
                .u8(ObjectHeader.VERSION)
                .u8(header.kind().letter())
                .uuid(header.repositoryId())
                .uuid(header.objectId())
                .raw(sha256(bytes));
        byte[] info = new ByteSink(31).raw(LABEL).uuid(header.objectId()).toByteArray();
        return new ObjectSeal(key, derive(dataKey, info), bound.toByteArray());
    }

    /// The object's name, for messages.
    public BlobKey key() {
        return key;
    }

    public boolean isSealed() {
        return secret != null;
    }

    /// Bytes that a frame of this object is longer than its codec made it.
    public int overhead() {
        return isSealed() ? TAG : 0;
    }

    SecretKey secret() {
        SecretKey present = secret;
        if (present == null) {
            throw new IllegalStateException("object '" + key + "' is not sealed");
        }
        return present;
    }

    byte[] associatedData(FrameLabel label) {
        return new ByteSink(bound.length + 25)
                .raw(bound)
                .u32(label.ordinal())
                .u64(label.extentHigh())
                .u64(label.extentLow())
                .u8(label.codec())
                .u32(label.plainLength())
                .toByteArray();
    }

    private static SecretKey derive(DataKey dataKey, byte[] info) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            "AES",
                            HKDFParameterSpec.ofExtract()
                                    .addIKM(dataKey.reveal())
                                    .thenExpand(info, DataKey.BYTES));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK 25 has HKDF-SHA256", impossible);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    @Override
    public String toString() {
        return (isSealed() ? "sealed " : "plain ") + key;
    }
}
