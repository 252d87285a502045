package io.walkback.repository.fs;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// The subdirectories of one directory that hold a blob at some depth.
final class FolderListing implements BlobListing<String> {
    private final BlobPrefix prefix;
    private final FileFailures failures;
    private final @Nullable DirectoryStream<Path> stream;
    private final Iterator<Path> children;
    private @Nullable String ahead;

    FolderListing(Path directory, BlobPrefix prefix, FileFailures failures) {
        this.prefix = prefix;
        this.failures = failures;
        this.stream = open(directory);
        this.children = stream == null ? Collections.emptyIterator() : stream.iterator();
    }

    @SuppressWarnings("StreamResourceLeak") // Closed by close().
    private @Nullable DirectoryStream<Path> open(Path directory) {
        try {
            return Files.newDirectoryStream(directory);
        } catch (NoSuchFileException | NotDirectoryException nothing) {
            return null;
        } catch (IOException failed) {
            throw failures.of("listing '" + prefix + "'", failed);
        }
    }

    @Override
    public boolean hasNext() {
        try {
            while (ahead == null && children.hasNext()) {
                Path child = children.next();
                String name = String.valueOf(child.getFileName());
                if (BlobKey.isValid(prefix.value() + name)
                        && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)
                        && holdsSomething(child, name)) {
                    ahead = name;
                }
            }
        } catch (DirectoryIteratorException failed) {
            throw failures.of("listing '" + prefix + "'", FileFailures.cause(failed));
        }
        return ahead != null;
    }

    private boolean holdsSomething(Path child, String name) {
        try (FileTreeListing below =
                new FileTreeListing(child, BlobPrefix.below(new BlobKey(prefix.value() + name)), failures)) {
            return below.hasNext();
        }
    }

    @Override
    public String next() {
        if (!hasNext() || ahead == null) {
            throw new NoSuchElementException("the listing is at its end");
        }
        String name = ahead;
        ahead = null;
        return name;
    }

    @Override
    public void close() {
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException failed) {
                throw failures.of("listing '" + prefix + "'", failed);
            }
        }
    }
}
