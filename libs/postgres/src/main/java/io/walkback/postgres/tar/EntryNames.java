package io.walkback.postgres.tar;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;

/// What an archive has named so far: no name comes twice, and every parent is a directory that came before. So
/// nothing is ever placed below a link or a file.
///
/// Of files it keeps a keyed 64-bit hash, in a table that is at most half full: 16 to 32 bytes per entry, 256 MiB
/// at the limit of 16 million, where the archive is refused. Two names of ten million share a hash once in 370,000
/// backups; that backup is refused, and the next one has another key. Directories, far fewer, are kept by name.
final class EntryNames {
    private static final int MOST_ENTRIES = 16 << 20;
    private static final int MOST_DIRECTORIES = 1 << 20;

    private final Set<String> directories = new HashSet<>();
    private final long key = new SecureRandom().nextLong();
    private long[] table = new long[1 << 10];
    private int count;

    void add(TarEntry entry) {
        String name = entry.name();
        int slash = name.lastIndexOf('/');
        if (slash >= 0 && !directories.contains(name.substring(0, slash))) {
            throw new TarRefusal(name, "its parent is no directory of this archive");
        }
        if (count >= MOST_ENTRIES || directories.size() >= MOST_DIRECTORIES) {
            throw new TarRefusal(name, "more entries than a backup may have");
        }
        if (count * 2L >= table.length) {
            grow();
        }
        if (!insert(table, hash(name))) {
            throw new TarRefusal(name, "an entry that came before");
        }
        count++;
        if (entry.type() == TarEntry.Type.DIRECTORY) {
            directories.add(name);
        }
    }

    private void grow() {
        long[] larger = new long[table.length * 2];
        for (long hash : table) {
            if (hash != 0) {
                insert(larger, hash);
            }
        }
        table = larger;
    }

    private static boolean insert(long[] into, long hash) {
        int slot = (int) hash & into.length - 1;
        while (into[slot] != 0) {
            if (into[slot] == hash) {
                return false;
            }
            slot = slot + 1 & into.length - 1;
        }
        into[slot] = hash;
        return true;
    }

    /// FNV-1a under a random key, then a finalizer that spreads it. Nobody gains by a collision: it only refuses.
    private long hash(String name) {
        long hash = key;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ Byte.toUnsignedInt(b)) * 0x100000001B3L;
        }
        hash = (hash ^ hash >>> 33) * 0xFF51AFD7ED558CCDL;
        hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
        hash ^= hash >>> 33;
        return hash == 0 ? 1 : hash;
    }
}
