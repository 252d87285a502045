package io.walkback.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The last lines of a log, for messages: at most 4 KiB.
public final class LogTail {
    private static final int BYTES = 4096;

    private LogTail() {}

    /// The tail, or why the file cannot be read.
    public static String of(Path log) {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            channel.position(Math.max(0, channel.size() - BYTES));
            ByteBuffer end = ByteBuffer.allocate(BYTES);
            while (end.hasRemaining() && channel.read(end) >= 0) {
                // Until the buffer is full or the file ends.
            }
            return StandardCharsets.UTF_8.decode(end.flip()).toString().strip();
        } catch (IOException e) {
            return "(unreadable: " + e + ")";
        }
    }
}
