package io.walkback.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.RetryableException;
import io.walkback.repository.Repository;
import io.walkback.repository.extent.Digest128;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.testing.FaultyBlobStore;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackPresenceTest {
    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);
    private final Lineage lineage = Samples.lineage(store).lineage();

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 300})
    void aPackIsThereIfItHasItsSize(int count) {
        // Given: of three packs one is there, one is cut and one is missing.
        List<PackEntry> packs = packs(count);
        BitSet expected = new BitSet();
        for (int i = 0; i < count; i++) {
            if (i % 3 != 2) {
                store.putIfAbsent(lineage.pack(packs.get(i).id()), new byte[10 - i % 3]);
            }
            expected.set(i, i % 3 == 0);
        }
        // When, then
        assertThat(PackPresence.of(lineage, packs)).isEqualTo(expected);
    }

    @Test
    void aStoreThatCannotBeAskedIsNoAbsentPack() {
        // Given
        Lineage faulty = Repository.open(new FaultyBlobStore(store, 40, FaultyBlobStore.When.BEFORE), Samples.CLOCK)
                .current(Samples.SHOP)
                .orElseThrow()
                .lineage();
        // When, then
        assertThatThrownBy(() -> PackPresence.of(faulty, packs(300))).isInstanceOf(RetryableException.class);
    }

    private static List<PackEntry> packs(int count) {
        UUID attempt = new UUID(1, 2);
        List<PackEntry> packs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            packs.add(new PackEntry(new PackId(attempt, i), 10, new Digest128(i, i), false));
        }
        return packs;
    }
}
