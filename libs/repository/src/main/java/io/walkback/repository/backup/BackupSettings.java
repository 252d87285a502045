package io.walkback.repository.backup;

import java.nio.file.Path;

/// How a backup is compressed.
///
/// @param threads       that hash and compress, 1 to 16. Heap is at most (2 * threads + 4) * 2 MiB for extents, 2
///                      MiB for each thread, 24 MiB of page digests, 20 MiB for packs, manifest and tables: 64 MiB
///                      with two, 148 MiB with sixteen; 100 bytes more for each pack, and what the store buffers
///                      for at most four objects that are written at once
/// @param zstdLevel     1 to 19; 3 costs hardly more than 1 on relation files and stores less
/// @param workDirectory for the previous manifest's index while the backup runs, about 50 bytes for each of its
/// extents
public record BackupSettings(int threads, int zstdLevel, Path workDirectory) {
    public BackupSettings {
        if (threads < 1 || threads > 16) {
            throw new IllegalArgumentException("backup threads must be 1..16, was " + threads);
        }
        if (zstdLevel < 1 || zstdLevel > 19) {
            throw new IllegalArgumentException("zstd level must be 1..19, was " + zstdLevel);
        }
    }

    /// One thread a core, level 3.
    public static BackupSettings standard(Path workDirectory) {
        return new BackupSettings(Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 16), 3, workDirectory);
    }

    int buffers() {
        return 2 * threads + 4;
    }
}
