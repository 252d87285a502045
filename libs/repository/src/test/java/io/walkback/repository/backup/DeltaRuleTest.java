package io.walkback.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.repository.extent.PageMap;
import io.walkback.repository.manifest.FileExtent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DeltaRuleTest {
    private static final int EXTENTS = 2_000;

    @Test
    void thirtyBackupsWithOnePercentOfThePagesChangedWriteLittleMoreThanThose() {
        // Given
        Random random = new Random(7);
        List<List<PageMap>> extents = new ArrayList<>();
        for (int i = 0; i < EXTENTS; i++) {
            extents.add(List.of());
        }
        long changedSoFar = 0;
        long writtenSoFar = 0;
        for (int backup = 1; backup <= 30; backup++) {
            long changedNow = 0;
            long writtenNow = 0;
            for (int i = 0; i < EXTENTS; i++) {
                PageMap changed = some(random, PageMap.PAGES, 0.01);
                if (!changed.isEmpty()) {
                    // When
                    List<PageMap> deltas = extents.get(i);
                    DeltaRule.Decision decision = DeltaRule.decide(PageMap.PAGES, deltas, List.of(), changed, i * 7919);
                    changedNow += changed.count();
                    writtenNow +=
                            decision.whole() ? PageMap.PAGES : decision.pages().count();
                    extents.set(i, after(deltas, decision));
                }
            }
            // Then
            assertThat((double) writtenNow / changedNow).as("backup %d", backup).isLessThan(backup <= 10 ? 2.6 : 4.5);
            changedSoFar += changedNow;
            writtenSoFar += writtenNow;
        }
        assertThat((double) writtenSoFar / changedSoFar).isBetween(1.0, 2.6);
    }

    @Test
    void extentsThatChangeAlikeAreNotAllStoredWholeInOneBackup() {
        // Given: five pages more in each backup, the same of each extent.
        List<List<PageMap>> extents = new ArrayList<>();
        for (int i = 0; i < EXTENTS; i++) {
            extents.add(List.of());
        }
        for (int backup = 0; backup < 25; backup++) {
            PageMap changed = PageMap.NONE;
            for (int page = 0; page < 5; page++) {
                changed = changed.with(backup * 5 + page);
            }
            int whole = 0;
            for (int i = 0; i < EXTENTS; i++) {
                // When
                DeltaRule.Decision decision =
                        DeltaRule.decide(PageMap.PAGES, extents.get(i), List.of(), changed, i * 7919);
                whole += decision.whole() ? 1 : 0;
                extents.set(i, after(extents.get(i), decision));
            }
            // Then
            assertThat(whole).as("backup %d", backup).isLessThan(EXTENTS / 2);
        }
    }

    @Test
    void aDeltaThatMustLeaveIsMergedThoughNothingChanged() {
        // Given
        List<PageMap> deltas =
                List.of(PageMap.NONE.with(3), PageMap.NONE.with(3).with(9), PageMap.NONE.with(70));
        // When
        DeltaRule.Decision decision = DeltaRule.decide(PageMap.PAGES, deltas, List.of(1), PageMap.NONE, 0);
        // Then
        assertThat(decision)
                .isEqualTo(new DeltaRule.Decision(
                        false, List.of(0, 2), PageMap.NONE.with(3).with(9)));
    }

    @Test
    void aFileThatBecameShorterWritesNothing() {
        assertThat(DeltaRule.decide(100, List.of(PageMap.NONE.with(3)), List.of(), PageMap.NONE, 0))
                .isEqualTo(new DeltaRule.Decision(false, List.of(0), PageMap.NONE));
    }

    @Property(tries = 300)
    void whateverChangesTheDeltasTogetherHaveEveryPageThatDiffersFromTheBase(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int backups) {
        // Given: which backup wrote each page last, in the extent itself and by way of base and deltas.
        Random random = new Random(seed);
        int[] content = new int[PageMap.PAGES];
        int[] base = content.clone();
        List<PageMap> deltas = List.of();
        List<int[]> contents = new ArrayList<>();
        int length = 1 + random.nextInt(PageMap.PAGES);
        for (int backup = 1; backup <= backups; backup++) {
            int before = backup == 1 ? length : Math.min(length, PageMap.PAGES);
            length = random.nextInt(5) == 0 ? 1 + random.nextInt(PageMap.PAGES) : length;
            PageMap changed = some(random, length, random.nextInt(3) == 0 ? 0.3 : 0.02);
            for (int page = before; page < length; page++) {
                changed = changed.with(page);
            }
            for (int page = changed.next(0); page < PageMap.PAGES; page = changed.next(page + 1)) {
                content[page] = backup;
            }
            List<Integer> leaving = new ArrayList<>();
            for (int i = 0; i < deltas.size(); i++) {
                if (random.nextInt(10) == 0) {
                    leaving.add(i);
                }
            }
            // When
            DeltaRule.Decision decision = DeltaRule.decide(length, deltas, leaving, changed, random.nextInt());
            // Then
            if (decision.whole()) {
                base = content.clone();
                contents.clear();
            } else {
                List<int[]> kept = new ArrayList<>();
                for (int position : decision.kept()) {
                    assertThat(leaving).doesNotContain(position);
                    kept.add(contents.get(position));
                }
                contents = kept;
                if (!decision.pages().isEmpty()) {
                    contents.add(content.clone());
                }
            }
            deltas = after(deltas, decision);
            assertThat(deltas).hasSizeLessThanOrEqualTo(FileExtent.MOST_DELTAS);
            int[] read = base.clone();
            for (int i = 0; i < deltas.size(); i++) {
                PageMap pages = deltas.get(i);
                for (int page = pages.next(0); page < PageMap.PAGES; page = pages.next(page + 1)) {
                    read[page] = contents.get(i)[page];
                }
            }
            for (int page = 0; page < length; page++) {
                assertThat(read[page])
                        .as("page %d after backup %d", page, backup)
                        .isEqualTo(content[page]);
            }
        }
    }

    private static List<PageMap> after(List<PageMap> deltas, DeltaRule.Decision decision) {
        List<PageMap> after = new ArrayList<>();
        decision.kept().forEach(position -> after.add(deltas.get(position)));
        if (!decision.pages().isEmpty()) {
            after.add(decision.pages());
        }
        return after;
    }

    private static PageMap some(Random random, int pages, double share) {
        PageMap some = PageMap.NONE;
        for (int page = 0; page < pages; page++) {
            if (random.nextDouble() < share) {
                some = some.with(page);
            }
        }
        return some;
    }
}
