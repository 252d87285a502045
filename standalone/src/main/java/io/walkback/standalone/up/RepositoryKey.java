package io.walkback.standalone.up;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.seal.KeyFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/// The key that services open the repository with: the one that the settings name, else `keys/repository.key` in
/// the data folder, made on the first start. Never below the repository: who has both has the data.
final class RepositoryKey {
    private RepositoryKey() {}

    /// The value of `WALKBACK_KEY` for the services; empty where the settings say it already, where they say
    /// `WALKBACK_ENCRYPTION=off`, or where an older start made the repository in plain text.
    ///
    /// @param repository its address
    static Optional<String> of(Settings settings, DataFolder data, String repository, Consumer<String> progress) {
        boolean off =
                settings.value("WALKBACK_ENCRYPTION").filter("off"::equals).isPresent();
        if (off || settings.value("WALKBACK_KEY").isPresent()) {
            return Optional.empty();
        }
        Path file = data.resolve("keys").resolve("repository.key");
        if (Files.notExists(file)) {
            Optional<Boolean> encrypted = isEncrypted(repository);
            if (encrypted.isPresent() && encrypted.get()) {
                throw new OperatorActionException(
                        FailureCode.KEY_UNAVAILABLE,
                        "repository " + repository + " is encrypted, and its key is not at " + file,
                        "Put a copy of the key there, mode 0600, or name it with WALKBACK_KEY=file:/path/to/key.");
            }
            if (encrypted.isPresent()) {
                progress.accept("repository " + repository + " was made without encryption and stays so");
                return Optional.empty();
            }
            if (isBelow(file, repository)) {
                throw new OperatorActionException(
                        FailureCode.CONFIGURATION,
                        "the key would be kept at " + file + ", inside the repository that it opens",
                        "Choose another folder with --data or --repository.");
            }
            String id = KeyFile.create(file).current().hex();
            progress.accept("key " + id + " was made in " + file + "; keep a copy of that file on another machine:"
                    + " without it no backup can be read, and whoever has it can read all of them");
        }
        return Optional.of("file:" + file);
    }

    /// Empty: there is no repository.
    private static Optional<Boolean> isEncrypted(String repository) {
        try (BlobStore store = BlobStores.open(URI.create(repository))) {
            return Repository.exists(store) ? Optional.of(Repository.isEncrypted(store)) : Optional.empty();
        } catch (PlatformException fault) {
            if (fault.code() == FailureCode.STORE_MISSING) {
                return Optional.empty();
            }
            throw fault;
        }
    }

    private static boolean isBelow(Path file, String repository) {
        URI url = URI.create(repository);
        return "file".equals(url.getScheme()) && file.startsWith(Path.of(url));
    }
}
