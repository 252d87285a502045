package io.walkback.repository.fs;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/// A range of a file. Throws platform failures, no `IOException`.
final class FileRangeStream extends InputStream {
    private final BlobKey key;
    private final FileChannel channel;
    private final FileFailures failures;
    private long position;
    private final long end;

    FileRangeStream(BlobKey key, FileChannel channel, ByteRange range, FileFailures failures) {
        this.key = key;
        this.channel = channel;
        this.failures = failures;
        this.position = range.offset();
        this.end = range.end();
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (position == end) {
            return -1;
        }
        try {
            int wanted = (int) Math.min(length, end - position);
            int count = channel.read(ByteBuffer.wrap(into, offset, wanted), position);
            if (count < 0) {
                throw new IOException("the file became shorter while it was read");
            }
            position += count;
            return count;
        } catch (IOException failed) {
            throw failures.of("reading object '" + key + "'", failed);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failed) {
            throw failures.of("closing object '" + key + "'", failed);
        }
    }
}
