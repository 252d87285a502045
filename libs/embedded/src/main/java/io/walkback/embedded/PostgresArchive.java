package io.walkback.embedded;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/// Unpacks the server programs: a jar that holds one `.txz`.
///
/// Unpacked once per version, next to the archive; where the server's account cannot reach that place (a checkout
/// under
/// `/root`), in a folder of the temporary directory that belongs to root. Several processes may ask at the same
/// time.
final class PostgresArchive {
    private static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-r--r--");

    private PostgresArchive() {}

    /// The folder with `bin`, `lib` and `share`.
    static Path unpack(Parts parts, int major, Optional<ServerAccount> account) {
        Path jar = parts.postgresArchive(major);
        String version = Parts.versionOf(jar).toString();
        try {
            Path base = base(jar, account);
            Path home = base.resolve(version);
            if (Files.notExists(home)) {
                unpackLocked(jar, base, home);
            }
            return home;
        } catch (IOException e) {
            throw new OperatorActionException(
                    FailureCode.SERVER_BINARIES,
                    "cannot unpack " + jar + ": " + e.getMessage(),
                    "Check that the folder can be written and has 100 MB of space.",
                    e);
        }
    }

    private static Path base(Path jar, Optional<ServerAccount> account) throws IOException {
        Path beside = jar.resolveSibling("unpacked");
        if (account.isEmpty() || account.get().reaches(beside.resolve("any"))) {
            Files.createDirectories(beside);
            return beside;
        }
        Path shared = Path.of(System.getProperty("java.io.tmpdir"), "walkback-postgres");
        if (Files.notExists(shared)) {
            Files.createDirectories(shared, PosixFilePermissions.asFileAttribute(PROGRAM));
        }
        // Anybody can make a folder of this name first; programs are run only from one that nobody else can write.
        boolean ours = (Integer) Files.getAttribute(shared, "unix:uid", LinkOption.NOFOLLOW_LINKS) == 0;
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(shared);
        if (!ours
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)
                || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
            throw new OperatorActionException(
                    FailureCode.SERVER_BINARIES,
                    shared + " can be written by others",
                    "Remove it, or check out the project where every account may search.");
        }
        account.get().makeReachable(shared.resolve("any"));
        return shared;
    }

    private static void unpackLocked(Path jar, Path base, Path home) throws IOException {
        Path lockFile = base.resolve(".lock");
        synchronized (PostgresArchive.class) {
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                if (Files.exists(home)) {
                    return;
                }
                // One name under the lock: what a killed process left there is cleared away here.
                Path half = base.resolve(".unpacking");
                clear(half);
                Files.createDirectory(half);
                Files.setPosixFilePermissions(half, PROGRAM);
                try (ZipFile zip = new ZipFile(jar.toFile());
                        InputStream packed = new BufferedInputStream(zip.getInputStream(archiveIn(zip)));
                        TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
                    extract(tar, half);
                }
                move(half, home);
            }
        }
    }

    private static void clear(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> tree = Files.walk(folder)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static void move(Path half, Path home) throws IOException {
        try {
            Files.move(half, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException _) {
            Files.move(half, home);
        }
    }

    private static ZipEntry archiveIn(ZipFile zip) {
        for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
            ZipEntry entry = entries.nextElement();
            if (entry.getName().endsWith(".txz")) {
                return entry;
            }
        }
        throw new CorruptDataException(
                FailureCode.SERVER_BINARIES,
                "no .txz in " + zip.getName(),
                "Remove the file from the local Maven repository and build again.");
    }

    private static void extract(TarArchiveInputStream tar, Path into) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path path = into.resolve(entry.getName()).normalize();
            if (!path.startsWith(into)) {
                throw new IOException("entry " + entry.getName() + " leads out of the archive");
            }
            if (entry.isDirectory()) {
                Files.createDirectories(path);
            } else if (entry.isSymbolicLink()) {
                Files.createDirectories(path.getParent());
                Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            } else {
                Files.createDirectories(path.getParent());
                Files.copy(tar, path);
                Files.setPosixFilePermissions(path, (entry.getMode() & 0100) != 0 ? PROGRAM : FILE);
            }
        }
    }
}
