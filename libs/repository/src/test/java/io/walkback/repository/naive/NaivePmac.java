package io.walkback.repository.naive;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Section 4: PMAC, block by block, with whole numbers for the field's elements.
final class NaivePmac {
    private static final BigInteger POLYNOMIAL = BigInteger.ONE.shiftLeft(128).or(BigInteger.valueOf(0x87));

    private final Cipher aes;
    private final byte[] inverse;
    private final byte[][] multiples = new byte[32][];

    NaivePmac(byte[] namingKey, String label) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(namingKey, "HmacSHA256"));
        byte[] key = Arrays.copyOf(mac.doFinal(label.getBytes(StandardCharsets.US_ASCII)), 16);
        aes = Cipher.getInstance("AES/ECB/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
        BigInteger power = new BigInteger(1, aes.doFinal(new byte[16]));
        // x^-1 * L: the number whose product with x is L.
        inverse = block(power.testBit(0) ? power.xor(POLYNOMIAL).shiftRight(1) : power.shiftRight(1));
        for (int i = 0; i < multiples.length; i++) {
            multiples[i] = block(power);
            power = power.shiftLeft(1);
            power = power.testBit(128) ? power.xor(POLYNOMIAL) : power;
        }
    }

    byte[] tag(byte[] text) throws Exception {
        int blocks = Math.max(1, (text.length + 15) / 16);
        byte[] sum = new byte[16];
        byte[] offset = new byte[16];
        for (int i = 1; i < blocks; i++) {
            xor(offset, multiples[Integer.numberOfTrailingZeros(i)]);
            byte[] block = Arrays.copyOfRange(text, 16 * (i - 1), 16 * i);
            xor(block, offset);
            xor(sum, aes.doFinal(block));
        }
        byte[] last = Arrays.copyOfRange(text, 16 * (blocks - 1), text.length);
        if (last.length == 16) {
            xor(sum, last);
            xor(sum, inverse);
        } else {
            byte[] padded = Arrays.copyOf(last, 16);
            padded[last.length] = (byte) 0x80;
            xor(sum, padded);
        }
        return aes.doFinal(sum);
    }

    private static void xor(byte[] into, byte[] other) {
        for (int i = 0; i < 16; i++) {
            into[i] ^= other[i];
        }
    }

    private static byte[] block(BigInteger value) {
        byte[] bytes = value.toByteArray();
        byte[] block = new byte[16];
        int length = Math.min(16, bytes.length);
        System.arraycopy(bytes, bytes.length - length, block, 16 - length, length);
        return block;
    }
}
