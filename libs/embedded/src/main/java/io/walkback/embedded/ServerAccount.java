package io.walkback.embedded;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The unprivileged account that PostgreSQL runs under, since it refuses to run as root.
///
/// Root uses `postgres` where the system has it, else `nobody`. Everybody else runs it under the own account, and
/// then there is no `ServerAccount` at all ([#forThisProcess] is empty).
///
/// @param name account name
/// @param uid  user id, not zero
/// @param gid  the account's own group
public record ServerAccount(String name, int uid, int gid) {
    private static final int STICKY_FOR_ALL = 01002;
    private static final List<String> CANDIDATES = List.of("postgres", "nobody");

    public ServerAccount {
        if (uid == 0) {
            throw new IllegalArgumentException("account " + name + " is root");
        }
    }

    /// The account to switch to, empty when this process is not root.
    ///
    /// @throws OperatorActionException when this process is root and the system has no unprivileged account to use
    public static Optional<ServerAccount> forThisProcess() {
        if (!isRoot()) {
            return Optional.empty();
        }
        List<String> accounts = read(Path.of("/etc/passwd"));
        return Optional.of(CANDIDATES.stream()
                .flatMap(name -> accounts.stream().filter(line -> line.startsWith(name + ":")))
                .map(ServerAccount::parse)
                .findFirst()
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.CONFIGURATION,
                        "running as root, and there is no account " + String.join(" or ", CANDIDATES),
                        "Create one of these accounts, or run as an ordinary user: PostgreSQL does not run as root.")));
    }

    /// Gives `tree` and everything in it to this account. Links are not followed, and what is owned already is left
    /// alone.
    public void own(Path tree) {
        try {
            Files.walkFileTree(tree, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                        throws IOException {
                    give(directory);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    give(file);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot give " + tree + " to account " + name, e);
        }
    }

    /// Makes sure that this account can reach `path`, which may not exist yet.
    ///
    /// A folder above it that others may not search is opened for searching (not for reading) when it lies in a
    /// temporary folder, one that everybody may write under the sticky bit: what is there was made by whoever asks.
    /// Anywhere else the modes are the operator's business.
    ///
    /// @throws OperatorActionException naming the folder that is in the way
    public void makeReachable(Path path) {
        for (Path above = path.toAbsolutePath().normalize().getParent(); above != null; above = above.getParent()) {
            if (!Files.exists(above) || canSearch(above)) {
                continue;
            }
            if (!isTemporary(above)) {
                throw new OperatorActionException(
                        FailureCode.CONFIGURATION,
                        "account " + name + " may not search " + above + ", which holds " + path,
                        "Choose a place that this account can reach, or run as an ordinary user.");
            }
            openForSearch(above);
        }
    }

    /// Whether this account could look up names in every folder above `path`.
    boolean reaches(Path path) {
        for (Path above = path.toAbsolutePath().normalize().getParent(); above != null; above = above.getParent()) {
            if (Files.exists(above) && !canSearch(above)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTemporary(Path directory) {
        for (Path above = directory.getParent(); above != null; above = above.getParent()) {
            if ((mode(above) & STICKY_FOR_ALL) == STICKY_FOR_ALL) {
                return true;
            }
        }
        return false;
    }

    private boolean canSearch(Path directory) {
        try {
            boolean owner = uid == (Integer) Files.getAttribute(directory, "unix:uid");
            boolean group = gid == (Integer) Files.getAttribute(directory, "unix:gid");
            int bit = owner ? 0100 : group ? 0010 : 0001;
            return (mode(directory) & bit) != 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the owner of " + directory, e);
        }
    }

    private static int mode(Path path) {
        try {
            return (Integer) Files.getAttribute(path, "unix:mode");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the mode of " + path, e);
        }
    }

    private static void openForSearch(Path directory) {
        try {
            Set<PosixFilePermission> permissions = new HashSet<>(Files.getPosixFilePermissions(directory));
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            Files.setPosixFilePermissions(directory, permissions);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open " + directory + " for searching", e);
        }
    }

    private void give(Path path) throws IOException {
        if (uid != (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)) {
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static boolean isRoot() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell which user this is", e);
        }
    }

    private static ServerAccount parse(String line) {
        String[] fields = line.split(":", -1);
        return new ServerAccount(fields[0], Integer.parseInt(fields[2]), Integer.parseInt(fields[3]));
    }

    private static List<String> read(Path file) {
        try {
            return Arrays.asList(Files.readString(file).split("\n", -1));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
