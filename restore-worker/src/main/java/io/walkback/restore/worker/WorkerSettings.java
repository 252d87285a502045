package io.walkback.restore.worker;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.operations.LeaseTimes;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.blob.BlobStores;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What the worker is told: `walkback.*`.
///
/// @param nodeName   the host name that restores name; the machine's where it is not set
/// @param repository where backups lie
/// @param operations how long silence may last
/// @param restore    how much this worker takes on
/// @param drill      where rehearsals happen
@ConfigurationProperties("walkback")
public record WorkerSettings(
        @DefaultValue("") String nodeName,
        @DefaultValue Place repository,
        @DefaultValue Operations operations,
        @DefaultValue Load restore,
        @DefaultValue Drills drill) {
    /// @param url    `file:///...` or `s3://bucket/prefix`
    /// @param s3     `BACKUP_S3_ENABLED`: in the bucket, whatever folder `url` names
    /// @param bucket `BACKUP_S3_BUCKET`
    /// @param key    `WALKBACK_KEY`: `file:/path`, what opens the repository
    /// @param encryption `WALKBACK_ENCRYPTION`: `off` for a repository in plain text
    public record Place(
            @Nullable URI url,
            @DefaultValue("false") boolean s3,
            @DefaultValue("walkback") String bucket,
            @DefaultValue("") String key,
            @DefaultValue("") String encryption) {
        Optional<URI> address() {
            return BlobStores.address(url, s3, bucket);
        }
    }

    /// @param lease silence after which an attempt is lost, the same for every process of the platform
    public record Operations(@DefaultValue("60s") Duration lease) {}

    /// @param slots restores at once; each wants the whole disk, so few are faster than many
    /// @param hooks `WALKBACK_RESTORE_HOOKS`: folder of the programs that a restore in place may run; empty: none
    /// @param keep  `WALKBACK_RESTORE_KEEP`: how long what a restore in place has set aside stays
    public record Load(
            @DefaultValue("2") int slots,
            @DefaultValue("") String hooks,
            @DefaultValue("7d") Duration keep) {
        public Load {
            if (slots < 1 || slots > 64) {
                throw new IllegalArgumentException("walkback.restore.slots must be 1..64, was " + slots);
            }
            if (!hooks.isEmpty() && !Path.of(hooks).isAbsolute()) {
                throw new IllegalArgumentException("walkback.restore.hooks must be an absolute path, was " + hooks);
            }
            if (keep.isNegative()) {
                throw new IllegalArgumentException("walkback.restore.keep must not be negative, was " + keep);
            }
        }

        Optional<Path> hooksFolder() {
            return hooks.isEmpty() ? Optional.empty() : Optional.of(Path.of(hooks));
        }
    }

    /// @param scratch `WALKBACK_SCRATCH`: where scratch clusters are made; empty: `scratch` in the state folder. The
    ///     account that PostgreSQL runs under must be able to search the folders above it
    public record Drills(@DefaultValue("") String scratch) {
        Path scratchFolder(Path stateDirectory) {
            return scratch.isBlank() ? stateDirectory.resolve("scratch") : Path.of(scratch);
        }
    }

    public WorkerSettings {
        if (nodeName.isBlank()) {
            nodeName = hostName();
        }
        if (repository.address().isEmpty()) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "walkback.repository.url (WALKBACK_REPOSITORY_URL) is not set",
                    "Name it, as in file:///srv/backups or s3://bucket/prefix.");
        }
        EncryptionSettings.of(repository.key(), repository.encryption());
    }

    /// What opens the repository.
    EncryptionSettings encryption() {
        return EncryptionSettings.of(repository.key(), repository.encryption());
    }

    URI repositoryUrl() {
        return repository.address().orElseThrow(() -> new IllegalStateException("checked when built"));
    }

    LeaseTimes times() {
        return new LeaseTimes(operations.lease());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "walkback.node-name (WALKBACK_NODE_NAME) is not set, and this machine does not know its name",
                    "Give this host a name.",
                    nameless);
        }
    }
}
