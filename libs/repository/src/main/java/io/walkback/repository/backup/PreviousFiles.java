package io.walkback.repository.backup;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.ExtentCodec;
import io.walkback.repository.manifest.FileExtent;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.repository.manifest.ManifestReader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The previous backup's extents, found by path while the new one streams by.
///
/// Both backups come in the server's own order, which is not sorted, so a merge is not possible; and a map would
/// grow with the database. So the previous manifest is laid out once in an unlinked temporary file, beside a hash
/// table of its paths in a second one that is mapped: heap stays the same for any size, and the page cache holds
/// what is hot. One thread at a time.
///
/// ```
///  rows:   path str | extents u32 | each extent as ExtentCodec writes it
///  slots:  hash u64, position of the row + 1, u64; open addressing, at most half full
/// ```
final class PreviousFiles implements AutoCloseable {
    private static final int WINDOW = 16 << 10;
    private static final int SLOT = 16;

    private final BlobKey key;
    private final FileChannel rows;
    private final Arena arena;
    private final MemorySegment slots;
    private final long mask;
    private final int packs;

    /// @param use counts what the manifest's extents use
    PreviousFiles(ManifestReader manifest, Path workDirectory, PackUse use) {
        this.key = manifest.summary().manifest();
        this.packs = manifest.packCount();
        long files = manifest.summary().statistics().files();
        long count = Long.highestOneBit(Math.max(files, 8) * 2 - 1) * 2;
        this.mask = count - 1;
        this.arena = Arena.ofShared();
        FileChannel opened = null;
        try {
            Files.createDirectories(workDirectory);
            opened = temporary(workDirectory);
            this.rows = opened;
            try (FileChannel table = temporary(workDirectory)) {
                this.slots = table.map(FileChannel.MapMode.READ_WRITE, 0, count * SLOT, arena);
            }
            fill(manifest, use);
        } catch (IOException failed) {
            release(opened);
            throw unusable(workDirectory, failed);
        } catch (RuntimeException failed) {
            release(opened);
            throw failed;
        }
    }

    /// The extents of the file that had this path; a cursor without any if there was none.
    Cursor find(EntryPath path) {
        ByteSink wanted = new ByteSink(64).text(path.value());
        long hash = hash(path);
        for (long slot = hash & mask; ; slot = slot + 1 & mask) {
            long position = slots.get(ValueLayout.JAVA_LONG_UNALIGNED, slot * SLOT + 8);
            if (position == 0) {
                return new Cursor(0, 0);
            }
            if (slots.get(ValueLayout.JAVA_LONG_UNALIGNED, slot * SLOT) == hash) {
                byte[] row = read(position - 1, wanted.size() + 4);
                ByteSource source = new ByteSource(key, row);
                if (Arrays.equals(source.raw(wanted.size()), wanted.toByteArray())) {
                    return new Cursor(position - 1 + wanted.size() + 4, source.u32());
                }
            }
        }
    }

    /// Walks one file's extents from the first.
    final class Cursor {
        private long position;
        private int left;
        private @Nullable ByteSource window;

        private Cursor(long position, int extents) {
            this.position = position;
            this.left = extents;
        }

        /// The next extent, null after the last.
        @Nullable
        FileExtent next() {
            if (left == 0) {
                return null;
            }
            ByteSource source = window;
            if (source == null || source.remaining() < ExtentCodec.LONGEST) {
                source = new ByteSource(key, read(position, (int) Math.min(WINDOW, (long) left * ExtentCodec.LONGEST)));
                window = source;
            }
            int before = source.remaining();
            FileExtent extent = ExtentCodec.read(source, packs);
            position += before - source.remaining();
            left--;
            return extent;
        }
    }

    private void fill(ManifestReader manifest, PackUse use) throws IOException {
        long position = 0;
        ByteSink row = new ByteSink(4096);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(rows), 1 << 16);
        try (EntryStream entries = manifest.entries()) {
            while (entries.hasNext()) {
                if (entries.next() instanceof ManifestEntry.File file) {
                    row.clear();
                    row.text(file.path().value()).u32(file.extents().size());
                    insert(hash(file.path()), position);
                    for (FileExtent extent : file.extents()) {
                        ExtentCodec.write(row, extent);
                        use.add(extent);
                        if (row.size() > 1 << 16) {
                            position += drain(row, out);
                        }
                    }
                    position += drain(row, out);
                }
            }
        }
        out.flush();
    }

    private static int drain(ByteSink row, OutputStream out) throws IOException {
        int size = row.size();
        out.write(row.array(), 0, size);
        row.clear();
        return size;
    }

    private void insert(long hash, long position) {
        long slot = hash & mask;
        for (long tried = 0; slots.get(ValueLayout.JAVA_LONG_UNALIGNED, slot * SLOT + 8) != 0; tried++) {
            if (tried == mask) {
                throw Damage.corrupt(key, "more files than it says");
            }
            slot = slot + 1 & mask;
        }
        slots.set(ValueLayout.JAVA_LONG_UNALIGNED, slot * SLOT, hash);
        slots.set(ValueLayout.JAVA_LONG_UNALIGNED, slot * SLOT + 8, position + 1);
    }

    /// FNV-1a with a finish; rows are compared by their whole path, so it need only spread.
    private static long hash(EntryPath path) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < path.value().length(); i++) {
            hash = (hash ^ path.value().charAt(i)) * 0x100000001b3L;
        }
        return hash ^ hash >>> 29;
    }

    private byte[] read(long position, int length) {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        try {
            int count = 0;
            while (buffer.hasRemaining() && count >= 0) {
                count = rows.read(buffer, position + buffer.position());
            }
        } catch (IOException failed) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "the backup's temporary index cannot be read: " + failed.getMessage(),
                    "Check the disk under the work directory.",
                    failed);
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static FileChannel temporary(Path directory) throws IOException {
        return FileChannel.open(
                Files.createTempFile(directory, "previous-", ".index"),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    private static OperatorActionException unusable(Path directory, IOException cause) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                "the work directory " + directory + " cannot be used: " + cause.getMessage(),
                "Give the backup a directory that it may write, with room for an index.",
                cause);
    }

    private void release(@Nullable FileChannel channel) {
        arena.close();
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException temporary) {
                throw new IllegalStateException("a temporary file cannot be closed", temporary);
            }
        }
    }

    @Override
    public void close() {
        release(rows);
    }
}
