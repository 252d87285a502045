package io.walkback.cli;

import io.walkback.client.SyncReleaseForm;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// Releases that the audit log does not have yet, a file each in `releases/NAME/` of the user's configuration
/// folder. Written before the release, so that a terminal that is closed in its midst leaves a trace; gone once the
/// audit log has it.
final class ReleaseRecords {
    private static final String SUFFIX = ".json";

    private final Path directory;
    private final ObjectMapper json = JsonMapper.builder().build();

    ReleaseRecords(Path configuration, DatabaseId database) {
        this.directory = configuration.resolve("releases").resolve(database.value());
    }

    Path file(SyncReleaseForm form) {
        return directory.resolve(form.releaseId() + SUFFIX);
    }

    /// Replaces what is there of the same release.
    void keep(SyncReleaseForm form) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path staged = Files.createTempFile(
                    directory,
                    ".release",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(staged, json.writeValueAsBytes(form));
            Files.move(staged, file(form), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException fault) {
            throw unusable(file(form), fault);
        }
    }

    /// Those that are left, of earlier runs too.
    List<SyncReleaseForm> left() {
        if (Files.notExists(directory)) {
            return List.of();
        }
        List<SyncReleaseForm> left = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                left.add(read(file));
            }
        } catch (IOException fault) {
            throw unusable(directory, fault);
        }
        return left;
    }

    private SyncReleaseForm read(Path file) throws IOException {
        try {
            return json.readValue(Files.readAllBytes(file), SyncReleaseForm.class);
        } catch (JacksonException odd) {
            throw unusable(file, odd);
        }
    }

    void remove(SyncReleaseForm form) {
        try {
            Files.deleteIfExists(file(form));
        } catch (IOException fault) {
            throw unusable(file(form), fault);
        }
    }

    private static OperatorActionException unusable(Path file, Exception fault) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                "the record of a release, '" + file + "', cannot be used: "
                        + fault.getClass().getSimpleName(),
                "It waits there for the audit log. Make the folder readable and writable for this account.",
                fault);
    }
}
