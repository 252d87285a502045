package io.walkback.repository.naive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// The page's conventions and section 3: integers, varints, texts and fields, from a position on.
final class NaiveBytes {
    private final byte[] bytes;
    private int at;

    NaiveBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean more() {
        return at < bytes.length;
    }

    long number(int width) {
        long value = 0;
        for (int i = 0; i < width; i++) {
            value = (value << 8) | (bytes[at++] & 0xFF);
        }
        return value;
    }

    int small(int width) {
        return Math.toIntExact(number(width));
    }

    long varint() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            long next = number(1);
            value |= (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
    }

    byte[] raw(int length) {
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    byte[] counted() {
        return raw((int) varint());
    }

    String text() {
        return new String(counted(), StandardCharsets.UTF_8);
    }

    UUID uuid() {
        return new UUID(number(8), number(8));
    }

    SortedMap<Integer, byte[]> fields() {
        SortedMap<Integer, byte[]> fields = new TreeMap<>();
        while (more()) {
            fields.put((int) number(1), counted());
        }
        return fields;
    }
}
