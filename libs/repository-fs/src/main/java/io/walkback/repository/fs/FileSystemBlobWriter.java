package io.walkback.repository.fs;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.PutOutcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A temporary file until it is committed.
final class FileSystemBlobWriter implements BlobWriter {
    private static final Logger LOG = LoggerFactory.getLogger(FileSystemBlobWriter.class);
    private static final int LINK_TRIES = 100;

    private final Path root;
    private final BlobKey key;
    private final Path target;
    private final Path temporary;
    private final FileFailures failures;
    private final FileChannel channel;
    private boolean ended;

    FileSystemBlobWriter(Path root, BlobKey key, Path target, Path temporary, FileFailures failures) {
        this.root = root;
        this.key = key;
        this.target = target;
        this.temporary = temporary;
        this.failures = failures;
        try {
            this.channel = PrivateFiles.create(temporary);
        } catch (IOException failed) {
            throw failures.of("starting object '" + key + "'", failed);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
        try {
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        } catch (IOException failed) {
            throw failures.of("writing object '" + key + "'", failed);
        }
    }

    @Override
    public PutOutcome commit() {
        if (ended) {
            throw new IllegalStateException("object '" + key + "' was committed or dropped already");
        }
        try {
            channel.force(true);
            channel.close();
            PutOutcome outcome = link(1);
            // The loser syncs too: it tells its caller that the key is taken for good, and the winner may not have come
            // to it yet.
            PrivateFiles.syncUpTo(root, directory());
            ended = true;
            drop();
            return outcome;
        } catch (IOException failed) {
            throw failures.of("publishing object '" + key + "'", failed);
        }
    }

    private PutOutcome link(int attempt) throws IOException {
        try {
            PrivateFiles.createDirectories(root, directory());
            Files.createLink(target, temporary);
            return PutOutcome.CREATED;
        } catch (FileAlreadyExistsException taken) {
            if (!Files.isRegularFile(target)) {
                throw taken;
            }
            return PutOutcome.ALREADY_THERE;
        } catch (NoSuchFileException emptied) {
            // A delete removed the directory, which was empty, between the two calls.
            if (attempt == LINK_TRIES || Files.notExists(temporary)) {
                throw emptied;
            }
            return link(attempt + 1);
        } catch (UnsupportedOperationException noLinks) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "the filesystem of " + root + " has no hard links",
                    "Put the repository on a filesystem such as ext4 or XFS: it publishes objects by hard link.",
                    noLinks);
        }
    }

    private Path directory() {
        Path parent = target.getParent();
        return parent == null ? root : parent;
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            drop();
        }
    }

    /// Removes the temporary file. One that stays is invisible and swept later, so this is no reason to fail.
    private void drop() {
        try {
            channel.close();
            Files.deleteIfExists(temporary);
        } catch (IOException left) {
            LOG.atWarn().addKeyValue("file", temporary).setCause(left).log("temporary file left behind");
        }
    }
}
