package io.walkback.domain;

import java.util.Locale;

/// A position in the PostgreSQL write-ahead log: bytes since the log began, unsigned 64-bit.
///
/// Printed the way PostgreSQL prints it: two halves of 32 bits in hexadecimal, `16/B374D848`.
public record Lsn(long bytes) implements Comparable<Lsn> {
    /// `0/0`, which PostgreSQL uses for "no position".
    public static final Lsn INVALID = new Lsn(0);

    /// Parses PostgreSQL's form. Throws [IllegalArgumentException] with the text when it is anything else.
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        try {
            if (slash < 1 || slash > 8 || text.length() - slash > 9 || text.length() - slash < 2) {
                throw new NumberFormatException();
            }
            long high = Integer.toUnsignedLong(Integer.parseUnsignedInt(text, 0, slash, 16));
            long low = Integer.toUnsignedLong(Integer.parseUnsignedInt(text, slash + 1, text.length(), 16));
            return new Lsn(high << 32 | low);
        } catch (NumberFormatException notAnLsn) {
            throw new IllegalArgumentException("not an LSN such as 16/B374D848: '" + text + "'", notAnLsn);
        }
    }

    /// The position `count` bytes further on; negative counts go back.
    public Lsn plus(long count) {
        return new Lsn(bytes + count);
    }

    /// Bytes from `earlier` to here, negative when `earlier` is later.
    public long minus(Lsn earlier) {
        return bytes - earlier.bytes;
    }

    public boolean isBefore(Lsn other) {
        return compareTo(other) < 0;
    }

    public boolean isAfter(Lsn other) {
        return compareTo(other) > 0;
    }

    public boolean isValid() {
        return bytes != 0;
    }

    /// The later of the two.
    public static Lsn max(Lsn left, Lsn right) {
        return left.isBefore(right) ? right : left;
    }

    /// The earlier of the two.
    public static Lsn min(Lsn left, Lsn right) {
        return left.isAfter(right) ? right : left;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%X/%X", bytes >>> 32, bytes & 0xFFFF_FFFFL);
    }
}
