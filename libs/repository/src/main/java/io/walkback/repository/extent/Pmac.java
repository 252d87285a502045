package io.walkback.repository.extent;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/// PMAC over AES-128 with a 128-bit tag (Black and Rogaway, "A Block-Cipher Mode of Operation for Parallelizable
/// Message Authentication", 2002), for messages of at most 8192 bytes.
///
/// All blocks are enciphered in one call, which is what makes it several times as fast as SHA-256: the JDK's AES
/// keeps eight or more blocks in flight. Not thread-safe: holds a cipher and 24 KiB of buffers.
final class Pmac {
    static final int LONGEST = 8192;
    private static final int BLOCK = 16;
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final Cipher aes;
    private final byte[] offsets = new byte[LONGEST];
    private final byte[] masked = new byte[LONGEST];
    private final byte[] enciphered = new byte[LONGEST];
    private final byte[] halved;
    private final byte[] sum = new byte[BLOCK];
    private final byte[] tag = new byte[BLOCK];

    Pmac(byte[] key) {
        try {
            aes = Cipher.getInstance("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
            byte[] power = aes.doFinal(new byte[BLOCK]);
            halved = half(power);
            byte[][] powers = new byte[Integer.numberOfTrailingZeros(LONGEST / BLOCK) + 1][];
            for (int i = 0; i < powers.length; i++) {
                powers[i] = power;
                power = twice(power);
            }
            byte[] offset = new byte[BLOCK];
            for (int block = 1; block <= LONGEST / BLOCK; block++) {
                byte[] step = powers[Integer.numberOfTrailingZeros(block)];
                for (int i = 0; i < BLOCK; i++) {
                    offset[i] ^= step[i];
                }
                System.arraycopy(offset, 0, offsets, (block - 1) * BLOCK, BLOCK);
            }
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has AES", impossible);
        }
    }

    Digest128 digest(byte[] message, int from, int length) {
        int whole = length == 0 ? 0 : (length - 1) / BLOCK * BLOCK;
        int rest = length - whole;
        for (int i = 0; i < whole; i += Long.BYTES) {
            WORD.set(masked, i, (long) WORD.get(message, from + i) ^ (long) WORD.get(offsets, i));
        }
        try {
            long even = 0;
            long odd = 0;
            if (whole > 0) {
                aes.update(masked, 0, whole, enciphered, 0);
                for (int i = 0; i < whole; i += BLOCK) {
                    even ^= (long) WORD.get(enciphered, i);
                    odd ^= (long) WORD.get(enciphered, i + Long.BYTES);
                }
            }
            WORD.set(sum, 0, even);
            WORD.set(sum, Long.BYTES, odd);
            for (int i = 0; i < rest; i++) {
                sum[i] ^= message[from + whole + i];
            }
            if (rest == BLOCK) {
                for (int i = 0; i < BLOCK; i++) {
                    sum[i] ^= halved[i];
                }
            } else {
                sum[rest] ^= (byte) 0x80;
            }
            aes.update(sum, 0, BLOCK, tag, 0);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("ECB of whole blocks cannot fail", impossible);
        }
        return new Digest128((long) BIG.get(tag, 0), (long) BIG.get(tag, Long.BYTES));
    }

    /// Multiplies by x in GF(2^128).
    private static byte[] twice(byte[] value) {
        byte[] result = new byte[BLOCK];
        int carry = 0;
        for (int i = BLOCK - 1; i >= 0; i--) {
            int shifted = ((value[i] & 0xFF) << 1) | carry;
            result[i] = (byte) shifted;
            carry = shifted >>> 8;
        }
        result[BLOCK - 1] ^= (byte) (carry * 0x87);
        return result;
    }

    /// Divides by x in GF(2^128).
    private static byte[] half(byte[] value) {
        byte[] result = new byte[BLOCK];
        int carry = 0;
        for (int i = 0; i < BLOCK; i++) {
            int joined = (carry << 8) | (value[i] & 0xFF);
            result[i] = (byte) (joined >>> 1);
            carry = joined & 1;
        }
        result[0] ^= (byte) (carry * 0x80);
        result[BLOCK - 1] ^= (byte) (carry * 0x43);
        return result;
    }
}
