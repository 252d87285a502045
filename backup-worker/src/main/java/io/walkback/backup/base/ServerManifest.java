package io.walkback.backup.base;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.FileKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's own `backup_manifest`, spooled to a file because its size is not known before its end (some 150
/// bytes per file of the cluster), then written byte for byte. For one thread.
final class ServerManifest implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerManifest.class);
    private static final EntryPath PATH = new EntryPath("backup_manifest");
    private static final int PRIVATE = 0600;

    private final Path file;
    private final FileChannel channel;

    ServerManifest(Path directory) {
        try {
            Files.createDirectories(directory);
            this.file = Files.createTempFile(directory, "backup_manifest-", ".spool");
            this.channel = FileChannel.open(file, StandardOpenOption.WRITE);
        } catch (IOException fault) {
            throw failed(directory, fault);
        }
    }

    void append(byte[] buffer, int offset, int length) {
        try {
            ByteBuffer rest = ByteBuffer.wrap(buffer, offset, length);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        } catch (IOException fault) {
            throw failed(file, fault);
        }
    }

    void writeTo(BackupWriter writer, Instant at) {
        byte[] buffer = new byte[256 << 10];
        try (InputStream in = Files.newInputStream(file)) {
            writer.beginFile(
                    PATH, new EntryAttributes(PRIVATE, 0, 0, "", "", at), FileKind.SERVER_MANIFEST, channel.size());
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                writer.write(buffer, 0, count);
            }
            writer.endFile();
        } catch (IOException fault) {
            throw failed(file, fault);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException fault) {
            LOG.atWarn().setCause(fault).addKeyValue("file", file).log("spool file left behind");
        }
    }

    private static RetryableException failed(Path where, IOException fault) {
        return new RetryableException(
                FailureCode.STORE_UNAVAILABLE,
                "the worker's own file '" + where + "' cannot be used: " + fault.getMessage(),
                "Check the space and the permissions of WALKBACK_STATE_DIR.",
                fault);
    }
}
