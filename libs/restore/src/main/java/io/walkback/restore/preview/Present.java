package io.walkback.restore.preview;

import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.plan.PresentCluster;
import io.walkback.postgres.control.ControlFile;
import io.walkback.restore.fetch.DirectorySize;
import io.walkback.restore.fetch.RestoreTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads what a directory holds.
final class Present {
    private Present() {}

    /// Empty for one that is absent or empty, or holds nothing but the unfinished work of a restore into an empty
    /// directory.
    static Optional<PresentCluster> in(Path directory) {
        Optional<ControlFile> control = control(directory);
        Optional<SystemIdentifier> system =
                control.map(ControlFile::systemIdentifier).or(() -> RestoreTargets.unfinishedDelta(directory));
        Integer major = major(directory);
        if (system.isEmpty() && major == null) {
            return Optional.empty();
        }
        return Optional.of(new PresentCluster(
                system.map(SystemIdentifier::toString).orElse(null),
                major,
                control.map(file -> file.state().text()).orElse(null),
                control.map(file -> file.checkpoint().toString()).orElse(null),
                control.map(ControlFile::checkpointTime).orElse(null),
                control.map(file -> Integer.toUnsignedLong(file.timeline().value()))
                        .orElse(null),
                DirectorySize.of(directory)));
    }

    /// Empty when it is not there or cannot be read: a running server may be writing it.
    static Optional<ControlFile> control(Path directory) {
        Path file = directory.resolve("global/pg_control");
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= ControlFile.FILE_SIZE
                    ? Optional.of(ControlFile.parse(Files.readAllBytes(file)))
                    : Optional.empty();
        } catch (IOException | PlatformException _) {
            // Torn, foreign or not ours to read: then nothing is known, which is what the plan says.
            return Optional.empty();
        }
    }

    private static @Nullable Integer major(Path directory) {
        Path file = directory.resolve("PG_VERSION");
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) < 16
                    ? Integer.valueOf(Files.readString(file).strip())
                    : null;
        } catch (IOException | NumberFormatException _) {
            return null;
        }
    }
}
