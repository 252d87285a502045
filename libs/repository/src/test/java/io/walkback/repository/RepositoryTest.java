package io.walkback.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import org.junit.jupiter.api.Test;

class RepositoryTest {
    private static final SystemIdentifier OTHER = new SystemIdentifier(-5);

    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);

    @Test
    void initTwiceGivesTheSameRepository() {
        // Given
        Repository first = Repository.init(store, Samples.CLOCK);
        // When
        Repository second = Repository.init(store, Samples.CLOCK);
        // Then
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(Repository.open(store, Samples.CLOCK).id()).isEqualTo(first.id());
        assertThat(first.store()).isSameAs(store);
    }

    @Test
    void aPlaceWithoutARepositoryIsRefused() {
        assertThatThrownBy(() -> Repository.open(store, Samples.CLOCK))
                .extracting(e -> ((PlatformException) e).code())
                .isEqualTo(FailureCode.STORE_MISSING);
    }

    @Test // F36, pitfall 8
    void anotherClusterUnderAKnownNameIsRefusedUntilItIsAdopted() {
        // Given
        Repository repository = Repository.init(store, Samples.CLOCK);
        repository.forWriting(Samples.SHOP, Samples.SYSTEM, Samples.GEOMETRY);
        // When, then
        assertThatThrownBy(() -> repository.forWriting(Samples.SHOP, OTHER, Samples.GEOMETRY))
                .extracting(e -> ((PlatformException) e).code())
                .isEqualTo(FailureCode.SYSTEM_IDENTIFIER_MISMATCH);
        LineageRepository adopted = repository.adopt(Samples.SHOP, OTHER, Samples.GEOMETRY);
        assertThat(repository
                        .adopt(Samples.SHOP, OTHER, Samples.GEOMETRY)
                        .lineage()
                        .root())
                .isEqualTo(adopted.lineage().root())
                .hasToString("shop/18446744073709551611");
        assertThat(repository.systems(Samples.SHOP)).containsExactly(Samples.SYSTEM, OTHER);
        assertThat(repository.current(Samples.SHOP).orElseThrow().lineage().system())
                .isEqualTo(OTHER);
        assertThat(repository.find(Samples.SHOP, Samples.SYSTEM)).isPresent();
        assertThatThrownBy(() -> repository.forWriting(Samples.SHOP, Samples.SYSTEM, Samples.GEOMETRY))
                .extracting(e -> ((PlatformException) e).code())
                .isEqualTo(FailureCode.SYSTEM_IDENTIFIER_MISMATCH);
    }

    @Test
    void anotherGeometryIsRefused() {
        Repository repository = Repository.init(store, Samples.CLOCK);
        repository.forWriting(Samples.SHOP, Samples.SYSTEM, Samples.GEOMETRY);
        assertThatThrownBy(
                        () -> repository.forWriting(Samples.SHOP, Samples.SYSTEM, new ClusterGeometry(16 << 20, 8192)))
                .extracting(e -> ((PlatformException) e).code())
                .isEqualTo(FailureCode.STORE_LAYOUT);
        assertThatThrownBy(() -> new ClusterGeometry(16 << 20, 4096)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test // P4
    void aRepositoryTellsWhichDatabasesItHolds() {
        // Given
        try (Repository repository = Repository.init(store, Samples.CLOCK)) {
            repository.forWriting(new DatabaseId("b"), Samples.SYSTEM, Samples.GEOMETRY);
            repository.forWriting(new DatabaseId("a"), Samples.SYSTEM, Samples.GEOMETRY);
            store.tamper(new BlobKey("stray/file"), new byte[3]);
            // When, then
            assertThat(repository.databases()).containsExactly(new DatabaseId("a"), new DatabaseId("b"));
            assertThat(repository.current(new DatabaseId("c"))).isEmpty();
        }
    }
}
