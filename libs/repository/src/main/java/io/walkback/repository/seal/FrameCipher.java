package io.walkback.repository.seal;

import io.walkback.repository.format.Damage;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/// AES-256-GCM for frames, reused from one to the next. Not thread-safe.
///
/// Encryption is fed 64 KiB at a time: the JDK's intrinsic is used only once its caller is compiled, which a few
/// huge calls never bring about.
public final class FrameCipher {
    private static final int STEP = 64 << 10;
    private static final int NONCE = 12;

    private final Cipher cipher;

    public FrameCipher() {
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has AES/GCM", impossible);
        }
    }

    /// Writes `length + 16` bytes to `out`, which is another array than `in`.
    public void seal(
            ObjectSeal object, FrameLabel label, byte[] in, int offset, int length, byte[] out, int outOffset) {
        try {
            cipher.init(Cipher.ENCRYPT_MODE, object.secret(), nonce(label));
            cipher.updateAAD(object.associatedData(label));
            int at = 0;
            int written = 0;
            while (length - at > STEP) {
                written += cipher.update(in, offset + at, STEP, out, outOffset + written);
                at += STEP;
            }
            written += cipher.doFinal(in, offset + at, length - at, out, outOffset + written);
            if (written != length + ObjectSeal.TAG) {
                throw new IllegalStateException(written + " bytes sealed out of " + length);
            }
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("a frame could not be sealed", impossible);
        }
    }

    /// Writes `length - 16` bytes to `out`, or throws damage: no byte comes out unchecked.
    public void open(
            ObjectSeal object, FrameLabel label, byte[] in, int offset, int length, byte[] out, int outOffset) {
        if (length < ObjectSeal.TAG) {
            throw Damage.corrupt(object.key(), "a sealed frame of " + length + " bytes");
        }
        try {
            cipher.init(Cipher.DECRYPT_MODE, object.secret(), nonce(label));
            cipher.updateAAD(object.associatedData(label));
            cipher.doFinal(in, offset, length, out, outOffset);
        } catch (AEADBadTagException damaged) {
            throw Damage.corrupt(object.key(), "frame " + label.ordinal() + " is not the one that was sealed there");
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("a frame could not be opened", impossible);
        }
    }

    private static GCMParameterSpec nonce(FrameLabel label) {
        return new GCMParameterSpec(
                ObjectSeal.TAG * 8,
                ByteBuffer.allocate(NONCE).putInt(8, label.ordinal()).array());
    }
}
