package io.walkback.restore.fetch;

import java.util.SplittableRandom;

/// A set of paths of which only a 64-bit hash is kept: 16 to 32 bytes each, so that a million files take 32 MiB at
/// most. Not thread-safe.
///
/// The hash begins at a random number. For a million paths, the chance that any of another million seems to be
/// among them is one in ten million; such a path would be left where it is, and no wrong one is ever taken away.
final class PathSet {
    private final long seed = new SplittableRandom().nextLong();
    private long[] slots = new long[1024];
    private int size;

    void add(String path) {
        if (size * 2 >= slots.length) {
            long[] before = slots;
            slots = new long[before.length * 2];
            for (long hash : before) {
                if (hash != 0) {
                    slots[slot(hash)] = hash;
                }
            }
        }
        long hash = hash(path);
        int slot = slot(hash);
        if (slots[slot] == 0) {
            slots[slot] = hash;
            size++;
        }
    }

    boolean contains(String path) {
        long hash = hash(path);
        return slots[slot(hash)] == hash;
    }

    /// Where the hash is, or where it would go.
    private int slot(long hash) {
        int mask = slots.length - 1;
        int slot = (int) hash & mask;
        while (slots[slot] != 0 && slots[slot] != hash) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /// Each character is mixed in by a step of SplitMix64 (Steele, Lea and Flood, 2014). Zero stands for nothing.
    private long hash(String path) {
        long hash = seed;
        for (int i = 0; i < path.length(); i++) {
            hash = (hash ^ path.charAt(i)) + 0x9E3779B97F4A7C15L;
            hash = (hash ^ hash >>> 30) * 0xBF58476D1CE4E5B9L;
            hash = (hash ^ hash >>> 27) * 0x94D049BB133111EBL;
            hash ^= hash >>> 31;
        }
        return hash == 0 ? 1 : hash;
    }
}
