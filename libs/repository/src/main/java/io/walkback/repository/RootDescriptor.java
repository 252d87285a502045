package io.walkback.repository;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.extent.NamingKey;
import io.walkback.repository.format.Damage;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.seal.KekId;
import io.walkback.repository.seal.KeyEncryption;
import io.walkback.repository.seal.KeyPlace;
import io.walkback.repository.seal.KeyVault;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What the root descriptor records once and for all: the repository's id, and either its naming key or the
/// key-encryption key under which the naming key is wrapped first.
///
/// That id settles a race of two `init` with different keys: the root descriptor's create-if-absent decides, and
/// only who holds the winner's key may make the naming key.
record RootDescriptor(UUID repositoryId, Optional<NamingKey> plainNamingKey, Optional<KekId> firstKek) {
    private static final int NAMING_KEY = 1;
    private static final int FIRST_KEK = 2;

    /// @param firstKek empty for a repository that is not encrypted
    static byte[] encode(Instant now, Optional<KekId> firstKek) {
        Fields.Builder fields = Fields.builder();
        firstKek.ifPresentOrElse(
                kek -> fields.put(FIRST_KEK, f -> f.raw(kek.toBytes())),
                () -> fields.put(NAMING_KEY, f -> f.raw(NamingKey.random().reveal())));
        return ObjectHeader.encode(ObjectKind.REPOSITORY, UUID.randomUUID(), UUID.randomUUID(), now, fields);
    }

    static RootDescriptor read(BlobStore store) {
        byte[] bytes = BlobReads.all(store, Repository.ROOT, ObjectHeader.LONGEST);
        ObjectHeader header = ObjectHeader.parse(Repository.ROOT, bytes, ObjectKind.REPOSITORY);
        Fields fields = header.fields();
        Optional<NamingKey> naming = fields.find(NAMING_KEY).map(key -> new NamingKey(key.raw(NamingKey.BYTES)));
        Optional<KekId> kek = fields.find(FIRST_KEK).map(id -> KekId.of(id.raw(KekId.BYTES)));
        if (naming.isPresent() == kek.isPresent()) {
            throw Damage.corrupt(Repository.ROOT, "it says neither or both of encrypted and plain");
        }
        return new RootDescriptor(header.repositoryId(), naming, kek);
    }

    boolean isEncrypted() {
        return firstKek.isPresent();
    }

    /// Finishes what `init` began. Repeatable; only with the key that the root descriptor names.
    void makeNamingKey(BlobStore store, Clock clock, KeyEncryption encryption) {
        KeyVault vault = new KeyVault(store, clock, repositoryId, encryption);
        if (firstKek.filter(encryption.current()::equals).isPresent()) {
            vault.obtain(KeyPlace.naming());
        }
    }

    void requireFit(BlobStore store, Optional<KeyEncryption> encryption) {
        if (isEncrypted() && encryption.isEmpty()) {
            throw new OperatorActionException(
                    FailureCode.KEY_UNAVAILABLE,
                    "repository '" + store.location() + "' is encrypted, and no key was given",
                    "Set WALKBACK_KEY, or give --key-file. Without the key nothing in it can be read.");
        }
        if (!isEncrypted() && encryption.isPresent()) {
            throw new OperatorActionException(
                    FailureCode.KEY_UNAVAILABLE,
                    "a key was given, and repository '" + store.location() + "' is not encrypted",
                    "If it is meant to be in plain text, give no key and set WALKBACK_ENCRYPTION=off. If it was"
                            + " encrypted before, somebody replaced its root descriptor.");
        }
    }
}
