package io.walkback.restore.replay;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.fetch.FileFailures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// The folder of a restore outside its data directory: lock, sockets, wrapper, log, and what was reached.
///
/// `<target>-walkback` beside the target. Where that name is too long for a unix socket (107 bytes), or has
/// characters that a shell gives a meaning to, a folder of the temporary directory that is named by the target's
/// digest, so that every worker of the host finds the same one. Mode 0700, owned by the account that runs the
/// server.
///
/// @param path absolute
public record RunDirectory(Path path) {
    private static final int LONGEST = 107 - "/.s.PGSQL.65535".length();
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._/+@=-]+");

    /// The folder of a target; nothing is created.
    public static RunDirectory of(Path target) {
        Path beside = target.resolveSibling(target.getFileName() + "-walkback");
        if (PLAIN.matcher(beside.toString()).matches()
                && beside.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST) {
            return new RunDirectory(beside);
        }
        return new RunDirectory(Path.of(System.getProperty("java.io.tmpdir"), "walkback-" + digest(target))
                .toAbsolutePath());
    }

    /// Makes the folder. One that belongs to somebody else is refused: its owner could put another wrapper there.
    public void create(Optional<ServerAccount> account) {
        try {
            if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            Object me = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            boolean ours = owner.equals(me)
                    || account.map(ServerAccount::uid).filter(owner::equals).isPresent();
            if (!ours || !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new OperatorActionException(
                        FailureCode.CONFIGURATION,
                        "'" + path + "' belongs to somebody else",
                        "Remove it, or choose another directory to restore into.");
            }
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            // Owned first: what the account owns need not be opened for others so that it gets there.
            account.ifPresent(user -> {
                user.own(path);
                user.makeReachable(path.resolve("any"));
            });
        } catch (IOException failure) {
            throw FileFailures.of("prepare", path, failure);
        }
    }

    public Path lock() {
        return path.resolve("lock");
    }

    /// What an operation has reached, kept for whoever takes over.
    public Path ending() {
        return path.resolve("restored");
    }

    public Path log() {
        return path.resolve("server.log");
    }

    Path walSocket() {
        return path.resolve("wal.sock");
    }

    Path wrapper() {
        return path.resolve("restore-command");
    }

    Path client() {
        return path.resolve("client");
    }

    Path nobody() {
        return path.resolve("pg_hba.conf");
    }

    private static String digest(Path target) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(target.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
