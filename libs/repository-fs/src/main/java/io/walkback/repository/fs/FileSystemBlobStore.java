package io.walkback.repository.fs;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.blob.DeleteOutcome;
import io.walkback.repository.blob.PutOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Blobs below one directory. See the package for how they are published. Thread-safe; several processes may use
/// one directory.
public final class FileSystemBlobStore implements BlobStore {
    static final String MARKER = ".walkback-store";
    private static final String TEMPORARY = ".tmp";

    private final Path root;
    private final Path temporary;
    private final FileFailures failures;

    private FileSystemBlobStore(Path root) {
        this.root = root;
        this.temporary = root.resolve(TEMPORARY);
        this.failures = new FileFailures(root);
    }

    /// Opens a directory that [#create] made; anything else is `STORE_MISSING`.
    public static FileSystemBlobStore open(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        if (!Files.isRegularFile(root.resolve(MARKER))) {
            throw new OperatorActionException(
                    FailureCode.STORE_MISSING,
                    "directory " + root + " is not a repository store",
                    "Check that the filesystem is mounted and the path is right, or run 'walkback repo init'.");
        }
        return new FileSystemBlobStore(root);
    }

    /// Makes a directory a store, private to this user, and opens it. One that is a store already stays as it is;
    /// one that holds other things is refused.
    public static FileSystemBlobStore create(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        FileSystemBlobStore store = new FileSystemBlobStore(root);
        try {
            Path parent = root.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            PrivateFiles.createDirectory(root);
            Path marker = root.resolve(MARKER);
            if (Files.notExists(marker)) {
                store.requireEmpty();
                try (FileChannel channel = PrivateFiles.create(marker)) {
                    channel.force(true);
                } catch (FileAlreadyExistsException raced) {
                    return open(directory);
                }
            }
            PrivateFiles.createDirectory(store.temporary);
            PrivateFiles.sync(root);
            if (parent != null) {
                PrivateFiles.sync(parent);
            }
            return store;
        } catch (IOException failed) {
            throw store.failures.of("making a store", failed);
        }
    }

    private void requireEmpty() throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(root)) {
            for (Path child : children) {
                String name = String.valueOf(child.getFileName());
                if (!name.equals("lost+found") && !name.equals(TEMPORARY) && !name.equals(MARKER)) {
                    throw new OperatorActionException(
                            FailureCode.CONFIGURATION,
                            "directory " + root + " is not empty and not a repository store",
                            "Give the repository a directory of its own.");
                }
            }
        }
    }

    @Override
    public String location() {
        return root.toUri().toString();
    }

    @Override
    public PutOutcome putIfAbsent(BlobKey key, byte[] content) {
        try (BlobWriter writer = newWriter(key)) {
            writer.write(content, 0, content.length);
            return writer.commit();
        }
    }

    @Override
    public BlobWriter newWriter(BlobKey key) {
        requireMounted();
        Path file = temporary.resolve(UUID.randomUUID().toString());
        return new FileSystemBlobWriter(root, key, path(key), file, failures);
    }

    @Override
    public InputStream open(BlobKey key, ByteRange range) {
        long size = BlobReads.sizeOf(this, key);
        if (size < range.end()) {
            throw new CorruptDataException(
                    FailureCode.OBJECT_CORRUPT,
                    "object '" + key + "' has " + size + " bytes, and bytes " + range.offset() + " to " + range.end()
                            + " are wanted",
                    "It was cut; restore from another backup or another copy of the repository.");
        }
        try {
            FileChannel channel = FileChannel.open(path(key), StandardOpenOption.READ);
            return new FileRangeStream(key, channel, range, failures);
        } catch (NoSuchFileException vanished) {
            throw BlobReads.missing(this, key);
        } catch (IOException failed) {
            throw failures.of("opening object '" + key + "'", failed);
        }
    }

    @Override
    public OptionalLong size(BlobKey key) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path(key), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? OptionalLong.of(attributes.size()) : OptionalLong.empty();
        } catch (NoSuchFileException absent) {
            requireMounted();
            return OptionalLong.empty();
        } catch (FileSystemException failed) {
            if (isBelowAFile(path(key))) {
                return OptionalLong.empty();
            }
            throw failures.of("asking for object '" + key + "'", failed);
        } catch (IOException failed) {
            throw failures.of("asking for object '" + key + "'", failed);
        }
    }

    /// Whether some parent of the path is a file, so that nothing can be there.
    private boolean isBelowAFile(Path path) {
        for (Path at = path.getParent(); at != null && !at.equals(root); at = at.getParent()) {
            if (Files.isRegularFile(at, LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public BlobListing<BlobEntry> list(BlobPrefix prefix) {
        requireMounted();
        return new FileTreeListing(root.resolve(prefix.value()), prefix, failures);
    }

    @Override
    public BlobListing<String> listFolders(BlobPrefix prefix) {
        requireMounted();
        return new FolderListing(root.resolve(prefix.value()), prefix, failures);
    }

    @Override
    public DeleteOutcome delete(BlobKey key) {
        requireMounted();
        Path path = path(key);
        try {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) || isBelowAFile(path)) {
                return DeleteOutcome.ABSENT;
            }
            boolean there = Files.deleteIfExists(path);
            prune(path.getParent());
            return there ? DeleteOutcome.DELETED : DeleteOutcome.ABSENT;
        } catch (IOException failed) {
            throw failures.of("deleting object '" + key + "'", failed);
        }
    }

    /// Removes directories that became empty.
    private void prune(@Nullable Path from) throws IOException {
        for (Path at = from; at != null && !at.equals(root) && at.startsWith(root); at = at.getParent()) {
            try {
                Files.deleteIfExists(at);
            } catch (DirectoryNotEmptyException used) {
                return;
            }
        }
    }

    @Override
    public int sweepLeftovers(Instant floor) {
        int swept = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(temporary)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(floor) && Files.deleteIfExists(file)) {
                    swept++;
                }
            }
            return swept;
        } catch (NoSuchFileException raced) {
            return swept;
        } catch (IOException failed) {
            throw failures.of("sweeping temporary files", failed);
        }
    }

    /// Paths in the store that group or others may use in any way, at most `limit` of them.
    public List<WidePermission> widerPermissions(int limit) {
        try {
            return WidePermission.find(root, limit);
        } catch (IOException failed) {
            throw failures.of("checking permissions", failed);
        }
    }

    @Override
    public void close() {
        // Nothing is held open between calls.
    }

    private Path path(BlobKey key) {
        return root.resolve(key.value());
    }

    private void requireMounted() {
        if (Files.notExists(root.resolve(MARKER))) {
            throw new RetryableException(
                    FailureCode.STORE_UNAVAILABLE,
                    "the store at " + root + " has lost its marker file " + MARKER,
                    "The filesystem is probably not mounted.");
        }
    }
}
