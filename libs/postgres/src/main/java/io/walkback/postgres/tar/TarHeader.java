package io.walkback.postgres.tar;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;

/// The 512 bytes before each entry, as PostgreSQL's `tarCreateHeader` writes them (ustar, POSIX 1988).
///
/// ```
/// name 0..99  mode 100..107  uid 108..115  gid 116..123  size 124..135  mtime 136..147  checksum 148..155  type
/// 156 link 157..256  "ustar\0" 257..262  "00" 263..264  uname 265..  gname 297..  major, minor 329..  prefix
/// 345..499
/// ```
///
/// Numbers are octal text, or, where they do not fit (files of 8 GiB and more), big-endian binary after a byte
/// 0x80. Directories and links end in `/`. Names are bytes in the server's file system, read as UTF-8.
final class TarHeader {
    private static final Pattern TABLESPACE_LINK = Pattern.compile("pg_tblspc/[1-9][0-9]{0,9}");

    private TarHeader() {}

    static TarEntry parse(byte[] header) {
        String raw = text(header, 0, 100, "");
        if (!checksumFits(header)) {
            throw new TarRefusal(raw, "the checksum of its header is wrong");
        }
        if (!"ustar".equals(text(header, 257, 6, raw)) || header[263] != '0' || header[264] != '0') {
            throw new TarRefusal(raw, "it is not ustar");
        }
        if (header[345] != 0) {
            throw new TarRefusal(raw, "it has a prefix, which the server never writes");
        }
        TarEntry.Type type = type(header[156], raw);
        String name = type == TarEntry.Type.FILE ? raw : plain(raw);
        checkName(name);
        long size = number(header, 124, 12, name);
        if (size != 0 && type != TarEntry.Type.FILE) {
            throw new TarRefusal(name, "it is no file, and has " + size + " bytes");
        }
        String target = text(header, 157, 100, name);
        if (type == TarEntry.Type.LINK) {
            checkLink(name, target);
        } else if (!target.isEmpty()) {
            throw new TarRefusal(name, "it is no link, and points to '" + target + "'");
        }
        return new TarEntry(
                name,
                type,
                size,
                (int) (number(header, 100, 8, name) & 0_7777),
                number(header, 108, 8, name),
                number(header, 116, 8, name),
                Instant.ofEpochSecond(number(header, 136, 12, name)),
                target);
    }

    /// A directory's or link's name without the `/` at its end and without the `./` that the server puts before
    /// `pg_wal/archive_status` and `pg_wal/summaries`.
    private static String plain(String raw) {
        int from = raw.startsWith("./") ? 2 : 0;
        return raw.substring(from, raw.length() > from && raw.endsWith("/") ? raw.length() - 1 : raw.length());
    }

    private static TarEntry.Type type(byte flag, String name) {
        return switch (flag) {
            case '0', 0 -> TarEntry.Type.FILE;
            case '5' -> TarEntry.Type.DIRECTORY;
            case '2' -> TarEntry.Type.LINK;
            case '1' -> throw new TarRefusal(name, "a hard link");
            case '3', '4', '6' -> throw new TarRefusal(name, "a device or pipe");
            default -> throw new TarRefusal(name, "an entry of type " + Byte.toUnsignedInt(flag));
        };
    }

    private static void checkName(String name) {
        if (name.isEmpty()) {
            throw new TarRefusal(name, "an entry without a name");
        }
        if (name.startsWith("/")) {
            throw new TarRefusal(name, "an absolute path");
        }
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new TarRefusal(name, "a path with an empty part, '.' or '..'");
            }
        }
    }

    private static void checkLink(String name, String target) {
        if (!TABLESPACE_LINK.matcher(name).matches()) {
            throw new TarRefusal(name, "a link that is not one of a tablespace");
        }
        if (!target.startsWith("/")) {
            throw new TarRefusal(name, "a tablespace at '" + target + "', which is not an absolute path");
        }
    }

    /// Text up to the first zero, after which only zeros may follow: what hides behind one is a trick.
    private static String text(byte[] header, int offset, int size, String entry) {
        int length = 0;
        while (length < size && header[offset + length] != 0) {
            length++;
        }
        for (int i = length; i < size; i++) {
            if (header[offset + i] != 0) {
                String read = new String(header, offset, length, StandardCharsets.ISO_8859_1);
                throw new TarRefusal(entry.isEmpty() ? read : entry, "a zero byte within a text");
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(header, offset, length))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new TarRefusal(
                    new String(header, offset, length, StandardCharsets.ISO_8859_1), "a name that is not UTF-8");
        }
    }

    private static long number(byte[] header, int offset, int size, String entry) {
        if ((header[offset] & 0x80) != 0) {
            return binary(header, offset, size, entry);
        }
        long value = 0;
        int digits = 0;
        int at = offset;
        int end = offset + size;
        while (at < end && header[at] == ' ') {
            at++;
        }
        for (; at < end && header[at] >= '0' && header[at] <= '7'; at++, digits++) {
            value = value << 3 | header[at] - '0';
        }
        for (; at < end; at++) {
            if (header[at] != ' ' && header[at] != 0) {
                throw new TarRefusal(entry, "a number that is not octal");
            }
        }
        if (digits == 0) {
            throw new TarRefusal(entry, "an empty number");
        }
        return value;
    }

    private static long binary(byte[] header, int offset, int size, String entry) {
        long value = 0;
        for (int i = 1; i < size; i++) {
            if (value >>> 55 != 0) {
                throw new TarRefusal(entry, "a number beyond 63 bits");
            }
            value = value << 8 | Byte.toUnsignedInt(header[offset + i]);
        }
        if (header[offset] != (byte) 0x80) {
            throw new TarRefusal(entry, "a negative number");
        }
        return value;
    }

    /// The sum of all bytes, those of the checksum taken as spaces.
    private static boolean checksumFits(byte[] header) {
        long sum = 8L * ' ';
        for (int i = 0; i < TarReader.BLOCK; i++) {
            if (i < 148 || i >= 156) {
                sum += Byte.toUnsignedInt(header[i]);
            }
        }
        try {
            return number(header, 148, 8, "") == sum;
        } catch (TarRefusal _) {
            return false;
        }
    }
}
