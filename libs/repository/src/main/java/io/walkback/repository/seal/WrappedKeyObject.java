package io.walkback.repository.seal;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.format.Damage;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import java.time.Instant;
import java.util.UUID;

/// An object of kind K: header and nothing else. What its fields say must agree with the name it lies under.
final class WrappedKeyObject {
    private static final int LONGEST_WRAPPED = 8 << 10;

    private WrappedKeyObject() {}

    static byte[] encode(UUID repositoryId, Instant now, KeyPlace place, WrappedKey wrapped) {
        Fields.Builder fields = Fields.builder();
        place.owner().ifPresent(owner -> fields.put(1, f -> f.u64(owner.system())));
        fields.put(2, f -> f.uuid(place.keyId()))
                .put(3, f -> f.raw(wrapped.kek().toBytes()));
        place.owner().ifPresent(owner -> fields.put(4, f -> f.text(owner.database())));
        fields.put(5, f -> f.text(wrapped.method()))
                .put(6, f -> f.text(wrapped.keyName()))
                .put(7, f -> f.raw(wrapped.bytes().toArray()));
        return ObjectHeader.encode(ObjectKind.WRAPPED_KEY, repositoryId, UUID.randomUUID(), now, fields);
    }

    static WrappedKey read(BlobStore store, UUID repositoryId, KeyPlace place, BlobKey key) {
        byte[] bytes = BlobReads.all(store, key, ObjectHeader.LONGEST);
        ObjectHeader header = ObjectHeader.parse(key, bytes, ObjectKind.WRAPPED_KEY);
        Fields fields = header.fields();
        boolean sameOwner = place.owner().isEmpty()
                ? fields.find(1).isEmpty() && fields.find(4).isEmpty()
                : fields.get(1).u64() == place.owner().get().system()
                        && fields.get(4).text().equals(place.owner().get().database());
        KekId kek = KekId.of(fields.get(3).raw(KekId.BYTES));
        if (!sameOwner
                || !header.repositoryId().equals(repositoryId)
                || !fields.get(2).uuid().equals(place.keyId())
                || !kek.hex().equals(key.name())) {
            throw Damage.corrupt(key, "it was written under another name, for another database or repository");
        }
        byte[] wrapped = fields.get(7).raw(fields.get(7).remaining());
        if (wrapped.length > LONGEST_WRAPPED) {
            throw Damage.corrupt(key, "a wrapped key of " + wrapped.length + " bytes");
        }
        return new WrappedKey(kek, fields.get(5).text(), fields.get(6).text(), new WrappedKey.Bytes(wrapped));
    }
}
