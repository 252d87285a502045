package io.walkback.repository.fs;

import io.walkback.repository.blob.BlobEntry;
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
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Walks a tree of files as it is asked for: one open directory for each level. Names that cannot be keys are not
/// ours, and are left out; so are files that vanish meanwhile.
final class FileTreeListing implements BlobListing<BlobEntry> {
    private record Level(DirectoryStream<Path> stream, Iterator<Path> children, String prefix) {}

    private final FileFailures failures;
    private final Deque<Level> levels = new ArrayDeque<>();
    private @Nullable BlobEntry ahead;

    FileTreeListing(Path directory, BlobPrefix prefix, FileFailures failures) {
        this.failures = failures;
        enter(directory, prefix.value());
    }

    @Override
    public boolean hasNext() {
        while (ahead == null && !levels.isEmpty()) {
            Level level = levels.element();
            try {
                if (level.children().hasNext()) {
                    visit(level.children().next(), level.prefix());
                } else {
                    levels.remove().stream().close();
                }
            } catch (DirectoryIteratorException failed) {
                throw failures.of("listing '" + level.prefix() + "'", FileFailures.cause(failed));
            } catch (IOException failed) {
                throw failures.of("listing '" + level.prefix() + "'", failed);
            }
        }
        return ahead != null;
    }

    @Override
    public BlobEntry next() {
        if (!hasNext() || ahead == null) {
            throw new NoSuchElementException("the listing is at its end");
        }
        BlobEntry entry = ahead;
        ahead = null;
        return entry;
    }

    private void visit(Path child, String prefix) throws IOException {
        String name = prefix + child.getFileName();
        if (!BlobKey.isValid(name)) {
            return;
        }
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isDirectory()) {
                enter(child, name + "/");
            } else if (attributes.isRegularFile()) {
                ahead = new BlobEntry(
                        new BlobKey(name),
                        attributes.size(),
                        attributes.lastModifiedTime().toInstant());
            }
        } catch (NoSuchFileException vanished) {
            // Deleted since its directory was read: a listing may leave it out.
            return;
        }
    }

    @SuppressWarnings("StreamResourceLeak") // Closed when the walk leaves the level, or by close().
    private void enter(Path directory, String prefix) {
        try {
            DirectoryStream<Path> stream = Files.newDirectoryStream(directory);
            levels.push(new Level(stream, stream.iterator(), prefix));
        } catch (NoSuchFileException | NotDirectoryException nothing) {
            // Nothing is below a prefix that is not there.
            return;
        } catch (IOException failed) {
            throw failures.of("listing '" + prefix + "'", failed);
        }
    }

    @Override
    public void close() {
        for (Level level : levels) {
            try {
                level.stream().close();
            } catch (IOException failed) {
                throw failures.of("listing '" + level.prefix() + "'", failed);
            }
        }
        levels.clear();
    }
}
