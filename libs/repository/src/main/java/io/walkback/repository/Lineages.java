package io.walkback.repository;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.format.Damage;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.layout.ClusterGeometry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/// The lineage descriptors of a database: numbered from 1, each made by create-if-absent, so that two who open the
/// next one at once cannot both win. Read by asking for number after number, never by listing.
final class Lineages {
    private final BlobStore store;
    private final Clock clock;
    private final UUID repositoryId;

    Lineages(BlobStore store, Clock clock, UUID repositoryId) {
        this.store = store;
        this.clock = clock;
        this.repositoryId = repositoryId;
    }

    /// All of them, oldest first.
    List<LineageDescriptor> of(DatabaseId database) {
        List<LineageDescriptor> found = new ArrayList<>();
        for (int number = 1; store.size(key(database, number)).isPresent(); number++) {
            found.add(read(database, number));
        }
        return found;
    }

    /// Whether there is a first one, readable or not.
    boolean isKnown(DatabaseId database) {
        return store.size(key(database, 1)).isPresent();
    }

    PutOutcome add(DatabaseId database, int number, SystemIdentifier system, ClusterGeometry geometry) {
        byte[] descriptor = ObjectHeader.encode(
                ObjectKind.LINEAGE,
                repositoryId,
                UUID.randomUUID(),
                clock.instant(),
                Fields.builder()
                        .put(1, f -> f.u64(system.value()))
                        .put(2, f -> f.u32(geometry.walSegmentSize()))
                        .put(3, f -> f.u32(geometry.blockSize()))
                        .put(4, f -> f.text(database.value())));
        return store.putIfAbsent(key(database, number), descriptor);
    }

    private LineageDescriptor read(DatabaseId database, int number) {
        BlobKey key = key(database, number);
        ObjectHeader header =
                ObjectHeader.parse(key, BlobReads.all(store, key, ObjectHeader.LONGEST), ObjectKind.LINEAGE);
        Fields fields = header.fields();
        if (!fields.get(4).text().equals(database.value())
                || !header.repositoryId().equals(repositoryId)) {
            throw Damage.corrupt(key, "it was written for another database or repository");
        }
        try {
            return new LineageDescriptor(
                    database,
                    number,
                    new SystemIdentifier(fields.get(1).u64()),
                    new ClusterGeometry(fields.get(2).u32(), fields.get(3).u32()));
        } catch (IllegalArgumentException impossible) {
            throw Damage.corrupt(key, "an impossible cluster: " + impossible.getMessage());
        }
    }

    private static BlobKey key(DatabaseId database, int number) {
        return new BlobKey(String.format(Locale.ROOT, "%s/lineages/%08d", database, number));
    }
}
