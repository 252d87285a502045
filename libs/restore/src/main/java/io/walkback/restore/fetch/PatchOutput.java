package io.walkback.restore.fetch;

import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.manifest.FileExtent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;

/// Lays the content of some extents over a file, each at its place, and writes only the pages that are not there
/// yet: of an extent with one changed page, eight of a thousand kilobytes reach the disk. Not thread-safe; closing
/// it closes nothing.
final class PatchOutput extends OutputStream {
    private final FileChannel file;
    private final int[] ordinals;
    private final List<FileExtent> extents;
    private final byte[] there;
    private int next;
    private long position;
    private long left;
    private long written;

    /// @param ordinals where in the file each of the extents belongs
    /// @param extents that come, in this order
    /// @param scratch at least [Extents#FRAME] bytes, used until the last write
    PatchOutput(FileChannel file, int[] ordinals, List<FileExtent> extents, byte[] scratch) {
        this.file = file;
        this.ordinals = ordinals;
        this.extents = extents;
        this.there = scratch;
    }

    /// Bytes that went to the file so far.
    long written() {
        return written;
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            if (left == 0) {
                position = (long) ordinals[next] * Extents.EXTENT;
                left = extents.get(next).length();
                next++;
            }
            int part = (int) Math.min(Math.min(length - done, left), Extents.FRAME);
            patch(bytes, offset + done, part);
            position += part;
            left -= part;
            done += part;
        }
    }

    private void patch(byte[] bytes, int offset, int length) throws IOException {
        int known = LocalFile.read(file, position, there, length);
        int begin = -1;
        for (int at = 0; at < length; at += Digester.PAGE) {
            int end = Math.min(at + Digester.PAGE, length);
            boolean same = end <= known && Arrays.equals(bytes, offset + at, offset + end, there, at, end);
            if (!same && begin < 0) {
                begin = at;
            } else if (same && begin >= 0) {
                write(bytes, offset, begin, at);
                begin = -1;
            }
        }
        if (begin >= 0) {
            write(bytes, offset, begin, length);
        }
    }

    private void write(byte[] bytes, int offset, int begin, int end) throws IOException {
        written += end - begin;
        ByteBuffer run = ByteBuffer.wrap(bytes, offset + begin, end - begin);
        for (long at = position + begin; run.hasRemaining(); ) {
            at += file.write(run, at);
        }
    }
}
