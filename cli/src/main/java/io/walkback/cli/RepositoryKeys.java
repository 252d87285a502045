package io.walkback.cli;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.seal.KeyEncryption;
import io.walkback.repository.seal.KeyEncryptions;
import io.walkback.repository.seal.KeyFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keys as the command line is told of them.
record RepositoryKeys(Session session) {
    static final String KEY = "The repository's key: a file, or aws-kms://REGION/KEY-ID (WALKBACK_KEY).";

    /// What opens a repository: the option, else `WALKBACK_KEY` and `WALKBACK_ENCRYPTION`.
    EncryptionSettings settings(@Nullable String option) {
        String encryption = session.variable("WALKBACK_ENCRYPTION");
        if (option != null) {
            return EncryptionSettings.of(option, "");
        }
        String key = session.variable("WALKBACK_KEY");
        return EncryptionSettings.of(key == null ? "" : key, encryption == null ? "" : encryption);
    }

    /// The key that a setting names. A key file that is not there is made, and somebody has to say that it is kept
    /// elsewhere too.
    ///
    /// @param repository the key may not lie below this place
    /// @param escrowed   said already
    KeyEncryption openOrMake(String setting, URI repository, boolean escrowed) {
        Optional<Path> file = KeyEncryptions.file(setting);
        file.ifPresent(path -> requireApart(path, repository));
        KeyEncryption keys = file.isPresent() && Files.notExists(file.get())
                ? KeyFile.create(file.get())
                : KeyEncryptions.open(setting);
        String id = keys.current().hex();
        String what = file.isPresent()
                ? "key " + id + " is in " + file.get()
                        + "; without it no backup can be read, so it must be kept in another place too"
                : "key " + id + " is " + keys.describe()
                        + "; without it no backup can be read, so nobody may delete it, and a restore elsewhere must"
                        + " reach it too";
        session.terminal().confirm(what, id.substring(0, 8), escrowed, "--key-is-escrowed");
        return keys;
    }

    private static void requireApart(Path key, URI repository) {
        boolean inside = "file".equals(repository.getScheme())
                && key.toAbsolutePath()
                        .normalize()
                        .startsWith(Path.of(repository).normalize());
        if (inside) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_INVALID,
                    "key file '" + key + "' is inside the repository that it opens",
                    "Keep it elsewhere: who has both has the data.");
        }
    }
}
