package io.walkback.repository.fs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A path that more people than the store's own user may use.
///
/// @param permissions as `ls` prints them: `rw-r--r--`
public record WidePermission(Path path, String permissions) {
    private static final Set<PosixFilePermission> OURS = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    static List<WidePermission> find(Path root, int limit) throws IOException {
        List<WidePermission> found = new ArrayList<>();
        try (Stream<Path> tree = Files.walk(root)) {
            for (Iterator<Path> paths = tree.iterator(); paths.hasNext() && found.size() < limit; ) {
                check(paths.next(), found);
            }
            return found;
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    private static void check(Path path, List<WidePermission> found) throws IOException {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
            if (!OURS.containsAll(permissions)) {
                found.add(new WidePermission(path, PosixFilePermissions.toString(permissions)));
            }
        } catch (NoSuchFileException vanished) {
            // What is gone is no danger.
            return;
        }
    }
}
