package io.walkback.repository.seal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Key-encryption keys in a text file that only its owner may read.
///
/// One key a line, `walkback-key-1` and 64 hexadecimal digits; empty lines and lines that begin with `#` do not
/// count. New keys are wrapped under the first; the others only open what they wrapped before a rotation. Whatever
/// is wrong with the file is [OperatorActionException] `KEY_UNAVAILABLE`, and never a reason to go on without.
public final class KeyFile {
    private static final int LONGEST = 64 << 10;
    private static final Pattern LINE = Pattern.compile("walkback-key-1 ([0-9a-fA-F]{64})");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final String COMMENT =
            "# A key-encryption key of Walkback. Keep a copy in another place: without it no"
                    + " backup can be read.\n";

    private KeyFile() {}

    /// Reads a file that is there.
    public static LocalKeys read(Path file) {
        try {
            requirePrivate(file);
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(LONGEST + 1);
            }
            if (bytes.length > LONGEST) {
                throw refused(file, "is longer than " + LONGEST + " bytes", null);
            }
            return new LocalKeys("key file '" + file + "'", parse(file, new String(bytes, StandardCharsets.US_ASCII)));
        } catch (NoSuchFileException absent) {
            throw refused(file, "is not there", absent);
        } catch (IOException unreadable) {
            throw refused(file, "cannot be read: " + unreadable.getClass().getSimpleName(), unreadable);
        }
    }

    /// Makes a file with one new key, readable by its owner only, durable when this returns. One that is there is
    /// an error and stays as it is. A crash midway can leave an incomplete file, which [#read] refuses and which
    /// nothing has been sealed with.
    public static LocalKeys create(Path file) {
        byte[] text = (COMMENT + "walkback-key-1 "
                        + HexFormat.of().formatHex(DataKey.random().reveal()) + "\n")
                .getBytes(StandardCharsets.US_ASCII);
        try {
            Path directory = file.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            try (FileChannel out = FileChannel.open(
                    file, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), ownerOnly(file))) {
                ByteBuffer buffer = ByteBuffer.wrap(text);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                out.force(true);
            }
            if (directory != null) {
                try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
                    parent.force(true);
                }
            }
        } catch (FileAlreadyExistsException there) {
            throw refused(file, "is there already", there);
        } catch (IOException failed) {
            throw refused(file, "cannot be made: " + failed.getClass().getSimpleName(), failed);
        }
        return read(file);
    }

    private static List<DataKey> parse(Path file, String text) {
        List<DataKey> keys = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String content = line.strip();
            if (content.isEmpty() || content.startsWith("#")) {
                continue;
            }
            Matcher key = LINE.matcher(content);
            if (!key.matches()) {
                throw refused(file, "has no key in line " + number, null);
            }
            keys.add(new DataKey(HexFormat.of().parseHex(key.group(1))));
        }
        if (keys.isEmpty()) {
            throw refused(file, "holds no key", null);
        }
        return keys;
    }

    private static void requirePrivate(Path file) throws IOException {
        if (!isPosix(file)) {
            return;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        EnumSet<PosixFilePermission> others = EnumSet.copyOf(permissions.isEmpty() ? OWNER_ONLY : permissions);
        others.removeAll(EnumSet.of(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));
        if (!others.isEmpty()) {
            throw refused(file, "may be used by others (" + PosixFilePermissions.toString(permissions) + ")", null);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path file) throws IOException {
        return isPosix(file)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix(Path file) throws IOException {
        Path there = Files.exists(file) ? file : file.toAbsolutePath().getParent();
        if (there == null) {
            return false;
        }
        FileStore store = Files.getFileStore(there);
        return store.supportsFileAttributeView(PosixFileAttributeView.class);
    }

    private static OperatorActionException refused(Path file, String what, @Nullable Throwable cause) {
        return new OperatorActionException(
                FailureCode.KEY_UNAVAILABLE,
                "key file '" + file + "' " + what,
                "It holds one 'walkback-key-1 ...' a line and has mode 0600. 'walkback repo init' makes one.",
                cause);
    }
}
