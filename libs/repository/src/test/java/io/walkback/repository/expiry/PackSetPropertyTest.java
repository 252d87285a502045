package io.walkback.repository.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.repository.layout.PackId;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PackSetPropertyTest {
    @Property(tries = 20)
    void holdsExactlyWhatWasAdded(@ForAll long seed) {
        Random random = new Random(seed);
        PackSet packs = new PackSet();
        Set<PackId> wanted = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            PackId pack = new PackId(new UUID(random.nextInt(3), random.nextInt(50)), random.nextInt(100));
            packs.add(pack);
            wanted.add(pack);
        }
        assertThat(packs.size()).isEqualTo(wanted.size());
        for (int high = 0; high < 3; high++) {
            for (int low = 0; low < 50; low++) {
                for (int number = 0; number < 100; number++) {
                    PackId pack = new PackId(new UUID(high, low), number);
                    assertThat(packs.contains(pack)).isEqualTo(wanted.contains(pack));
                }
            }
        }
    }
}
