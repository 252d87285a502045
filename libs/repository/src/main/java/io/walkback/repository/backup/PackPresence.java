package io.walkback.repository.backup;

import io.walkback.repository.layout.Lineage;
import io.walkback.repository.pack.PackEntry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Asks the store for packs by name, several at a time where there are many: ten terabytes lie in some hundred
/// thousand packs, and each question is a round trip.
final class PackPresence {
    private static final int LANES = 16;

    /// Packs that are cheaper asked for one by one.
    private static final int FEW = 32;

    private PackPresence() {}

    /// Positions of the packs that are there with their size. Throws what the store throws.
    static BitSet of(Lineage lineage, List<PackEntry> packs) {
        BitSet present = new BitSet(packs.size());
        if (packs.size() <= FEW) {
            for (int i = 0; i < packs.size(); i++) {
                present.set(i, isThere(lineage, packs.get(i)));
            }
            return present;
        }
        ExecutorService lanes = Executors.newFixedThreadPool(
                LANES,
                Thread.ofPlatform().daemon().name("walkback-pack-check-", 0).factory());
        try {
            List<Future<Boolean>> answers = new ArrayList<>(packs.size());
            packs.forEach(pack -> answers.add(lanes.submit(() -> isThere(lineage, pack))));
            for (int i = 0; i < answers.size(); i++) {
                present.set(i, Outcomes.get(answers.get(i)));
            }
            return present;
        } finally {
            lanes.shutdownNow();
            lanes.close();
        }
    }

    private static boolean isThere(Lineage lineage, PackEntry pack) {
        OptionalLong size = lineage.store().size(lineage.pack(pack.id()));
        return size.isPresent() && size.getAsLong() == pack.size();
    }
}
