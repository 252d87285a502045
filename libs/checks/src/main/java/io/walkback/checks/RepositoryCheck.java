package io.walkback.checks;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.fs.FileSystemBlobStore;
import io.walkback.repository.fs.WidePermission;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Looks at the repository as far as this process can see it.
public final class RepositoryCheck {
    private static final int SHOWN = 3;

    private final Optional<URI> url;
    private final EncryptionSettings encryption;
    private final Clock clock;

    /// @param url        empty: this process knows no repository
    /// @param encryption what opens it
    public RepositoryCheck(Optional<URI> url, EncryptionSettings encryption, Clock clock) {
        this.url = url;
        this.encryption = encryption;
        this.clock = clock;
    }

    /// @param system of the cluster that answers now, empty when none did
    public CheckResult look(DatabaseId database, Optional<SystemIdentifier> system) {
        if (url.isEmpty()) {
            return CheckResult.skipped(
                    CheckId.REPOSITORY,
                    "WALKBACK_REPOSITORY_URL is not set for scheduler-service, only the workers see it");
        }
        try (BlobStore store = BlobStores.open(url.get());
                Repository repository = encryption.open(store, clock)) {
            Optional<LineageRepository> lineage = repository.current(database);
            Optional<SystemIdentifier> known =
                    lineage.map(there -> there.lineage().system());
            if (known.isPresent() && system.isPresent() && !known.equals(system)) {
                return CheckResult.failed(
                        CheckId.REPOSITORY,
                        FailureCode.SYSTEM_IDENTIFIER_MISMATCH,
                        "the repository has cluster " + known.get() + " under this name, and " + system.get()
                                + " answers",
                        "If the cluster was re-created or upgraded on purpose:\nwalkback databases adopt " + database
                                + " --system-identifier " + system.get());
            }
            String seen = repository.store().location() + " has "
                    + lineage.map(there -> there.backups().size()).orElse(0) + " backups of it, "
                    + (repository.vault().isPresent() ? "encrypted" : "not encrypted");
            return permissions(repository, url.get(), seen);
        } catch (PlatformException fault) {
            return CheckResult.of(CheckId.REPOSITORY, fault);
        }
    }

    private static CheckResult permissions(Repository repository, URI url, String seen) {
        if (!(repository.store() instanceof FileSystemBlobStore files)) {
            return CheckResult.ok(CheckId.REPOSITORY, seen);
        }
        List<WidePermission> wide = files.widerPermissions(SHOWN);
        if (wide.isEmpty()) {
            return CheckResult.ok(CheckId.REPOSITORY, seen);
        }
        return CheckResult.warning(
                CheckId.REPOSITORY,
                seen + "; others may use "
                        + wide.stream()
                                .map(path -> path.path() + " (" + path.permissions() + ")")
                                .collect(Collectors.joining(", ")),
                "chmod -R go-rwx '" + Path.of(url) + "'");
    }
}
