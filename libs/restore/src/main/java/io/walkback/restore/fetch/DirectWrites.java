package io.walkback.restore.fetch;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How the new files of one filesystem are written: long ones past the page cache (`O_DIRECT`) where the filesystem
/// can, all others through it. Neither is durable before a sync. Thread-safe; keeps [#STEP] bytes outside the heap
/// for each file that was being written at once.
///
/// A restore writes everything and reads next to nothing of it. Through the page cache each byte costs a copy and a
/// page that must be found, at the expense of the other servers on this host; ADR 18 has the figures.
final class DirectWrites {
    /// Bytes of one write, an extent's.
    static final int STEP = 1 << 20;

    /// Shorter files would wait for the disk longer than the page cache takes.
    static final int SHORTEST = 256 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(DirectWrites.class);
    private static final Optional<OpenOption> DIRECT = direct();
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final int block;
    private final ConcurrentLinkedQueue<ByteBuffer> idle = new ConcurrentLinkedQueue<>();

    /// @param block bytes of which each direct write is a multiple; 0: no direct writes
    private DirectWrites(int block) {
        this.block = block;
    }

    /// Writes a block into `directory`, which is there and ours, since what a filesystem says when a file is opened
    /// and what it does are two things; takes it away again.
    static DirectWrites in(Path directory) throws IOException {
        long block = Files.getFileStore(directory).getBlockSize();
        if (DIRECT.isEmpty() || block <= 0 || block > STEP || STEP % block != 0) {
            return new DirectWrites(0);
        }
        DirectWrites direct = new DirectWrites(Math.toIntExact(block));
        Path probe = directory.resolve("walkback.probe");
        Files.deleteIfExists(probe);
        try (OutputStream out = direct.new Aligned(probe)) {
            out.write(new byte[Math.toIntExact(block)]);
            return direct;
        } catch (IOException | UnsupportedOperationException refused) {
            LOG.atDebug()
                    .addKeyValue("directory", directory)
                    .addKeyValue("reason", refused.toString())
                    .log("files are written through the page cache");
            return new DirectWrites(0);
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /// By name: the option is public and exported, but javac takes whoever names it for a user of the JDK's
    /// insides, and cannot be told otherwise.
    private static Optional<OpenOption> direct() {
        try {
            return Arrays.stream(
                            Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants())
                    .filter(option -> option.toString().equals("DIRECT"))
                    .map(OpenOption.class::cast)
                    .findFirst();
        } catch (ClassNotFoundException _) {
            return Optional.empty();
        }
    }

    boolean isDirect(long size) {
        return block > 0 && size >= SHORTEST && size % block == 0;
    }

    /// Makes a file, readable by its owner only, where there is none; the caller writes `size` bytes.
    OutputStream create(Path path, long size) throws IOException {
        return isDirect(size) ? new Aligned(path) : Channels.newOutputStream(open(path, Optional.empty()));
    }

    private static FileChannel open(Path path, Optional<OpenOption> direct) throws IOException {
        Set<OpenOption> options = new HashSet<>(Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        direct.ifPresent(options::add);
        return FileChannel.open(path, options, PRIVATE);
    }

    /// Collects whole steps, each written at once.
    private final class Aligned extends OutputStream {
        private final FileChannel channel;
        private final ByteBuffer step;

        Aligned(Path path) throws IOException {
            channel = open(path, DIRECT);
            ByteBuffer used = idle.poll();
            step = used == null
                    ? ByteBuffer.allocateDirect(STEP + block)
                            .alignedSlice(block)
                            .limit(STEP)
                    : used;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int taken = 0;
            while (taken < length) {
                int fits = Math.min(length - taken, step.remaining());
                step.put(bytes, offset + taken, fits);
                taken += fits;
                if (!step.hasRemaining()) {
                    writeStep();
                }
            }
        }

        private void writeStep() throws IOException {
            step.flip();
            while (step.hasRemaining()) {
                channel.write(step);
            }
            step.position(0).limit(STEP);
        }

        /// What was not a multiple of the filesystem's blocks is not written.
        @Override
        public void close() throws IOException {
            try (channel) {
                if (step.position() % block != 0) {
                    throw new EOFException(
                            "a file of whole blocks ended after " + (channel.position() + step.position()) + " bytes");
                }
                writeStep();
            } finally {
                idle.add(step.position(0).limit(STEP));
            }
        }
    }
}
