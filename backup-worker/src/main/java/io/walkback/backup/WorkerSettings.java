package io.walkback.backup;

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

/// What every worker is told: `walkback.*`.
///
/// @param nodeName   the host name that people and requests know this worker by; the machine's where it is not set
/// @param stateDir   spools, indexes and remembered schema ids; can be lost
/// @param repository where backups lie
/// @param operations how long silence may last
@ConfigurationProperties("walkback")
public record WorkerSettings(
        String nodeName,
        Path stateDir,
        Place repository,
        @DefaultValue Operations operations) {
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
    public record Operations(@DefaultValue("60s") Duration lease) {
        /// As [LeaseTimes] checks it.
        public LeaseTimes times() {
            return new LeaseTimes(lease);
        }
    }

    public WorkerSettings {
        if (nodeName.isBlank()) {
            nodeName = hostName();
        }
        if (stateDir.toString().isBlank()) {
            throw unset("walkback.state-dir", "WALKBACK_STATE_DIR", "Name a directory that this worker may write to.");
        }
        if (repository.address().isEmpty()) {
            throw unset(
                    "walkback.repository.url",
                    "WALKBACK_REPOSITORY_URL",
                    "Name it, as in file:///srv/backups or s3://bucket/prefix.");
        }
        operations.times();
        EncryptionSettings.of(repository.key(), repository.encryption());
    }

    /// What opens the repository.
    public EncryptionSettings encryption() {
        return EncryptionSettings.of(repository.key(), repository.encryption());
    }

    /// Where backups lie, which is set.
    public URI repositoryUrl() {
        return repository.address().orElseThrow(() -> new IllegalStateException("checked when built"));
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

    private static OperatorActionException unset(String property, String variable, String hint) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION, property + " (" + variable + ") is not set", hint);
    }
}
