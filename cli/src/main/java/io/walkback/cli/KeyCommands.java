package io.walkback.cli;

import io.walkback.repository.KeyRotation;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.seal.KeyEncryption;
import io.walkback.repository.seal.KeyEncryptions;
import io.walkback.repository.seal.KeyRing;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Key-encryption keys of a repository.
@Command(name = "keys", description = "The keys of a repository; needs no service.")
final class KeyCommands {
    private final Session session;

    KeyCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "rotate",
            description = {
                "Wraps every data key under a new key, too. Data is neither read nor written, and old wrappers stay.",
                "Run it again after every worker has the new key: what was written meanwhile has only the old one."
            })
    int rotate(
            @Option(
                            names = "--repository",
                            required = true,
                            paramLabel = "URL",
                            description = "A directory, file:///directory or s3://bucket/prefix.")
                    String url,
            @Option(
                            names = {"--key", "--key-file"},
                            paramLabel = "KEY",
                            description = RepositoryKeys.KEY)
                    @Nullable
                    String key,
            @Option(
                            names = {"--new-key", "--new-key-file"},
                            paramLabel = "KEY",
                            description =
                                    "The new key; a file that is not there is made. Without it the first key of --key"
                                            + " is the new one.")
                    @Nullable
                    String newKey,
            @Option(names = "--key-is-escrowed", description = "The new key is kept in another place, too.")
                    boolean escrowed) {
        RepositoryKeys keys = new RepositoryKeys(session);
        String old = keys.settings(key)
                .key()
                .orElseThrow(() ->
                        Texts.refused("neither --key nor WALKBACK_KEY is given", "Give the key that opens it now."));
        URI place = RepositoryCommands.url(url);
        try (BlobStore store = BlobStores.open(place)) {
            if (!Repository.exists(store)) {
                throw Repository.missing(store);
            }
            KeyEncryption held = KeyEncryptions.open(old);
            KeyEncryption ring =
                    newKey == null ? held : new KeyRing(List.of(keys.openOrMake(newKey, place, escrowed), held));
            try (Repository repository = Repository.open(store, session.clock(), Optional.of(ring))) {
                KeyRotation.Result result = new KeyRotation(repository).run(_ -> {});
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("key", result.current().hex());
                fields.put("keys", result.keys());
                fields.put("added", result.added());
                session.output().value(fields, fields);
                return ExitCode.OK;
            }
        }
    }
}
