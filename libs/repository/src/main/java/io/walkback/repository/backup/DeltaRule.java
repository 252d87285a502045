package io.walkback.repository.backup;

import io.walkback.repository.extent.PageMap;
import io.walkback.repository.manifest.FileExtent;
import java.util.ArrayList;
import java.util.List;

/// Decides how an extent is stored of which the previous backup has most: which of its deltas stay, which are
/// merged into a new one, or whether it is stored whole again. Pure.
///
/// The new content is in hand, so merging a delta costs only writing its pages again, and a new delta is right
/// over any of the old ones, in whatever order they were merged. While there is room for one more delta only what
/// changed is written. When there is none, the youngest deltas are merged: as many as make it cheapest, counted in
/// pages written for each delta that goes. So young pages are merged often and old ones seldom, like the levels of
/// a log-structured merge tree: with 1 % of the pages changed at random each time, the tenth backup writes some two
/// pages for each that changed, the thirtieth some three.
///
/// An extent is stored whole again when its deltas would hold between three and five eighths of its pages. Where
/// between depends on the extent, so that extents which change alike do not all come due in one backup.
final class DeltaRule {
    /// What to store.
    ///
    /// @param kept positions of the deltas that stay
    /// @param pages of the new delta; none if there is nothing to write
    record Decision(boolean whole, List<Integer> kept, PageMap pages) {
        static final Decision WHOLE = new Decision(true, List.of(), PageMap.NONE);
    }

    private DeltaRule() {}

    /// @param pageCount of the extent as it is now, 1 to 128
    /// @param deltas    of the extent so far, oldest first
    /// @param leaving   positions of those that must not stay
    /// @param changed   pages that differ from the previous backup's
    /// @param spread    any number that differs from extent to extent
    static Decision decide(int pageCount, List<PageMap> deltas, List<Integer> leaving, PageMap changed, int spread) {
        PageMap all = PageMap.first(pageCount);
        PageMap pages = changed;
        List<Integer> kept = new ArrayList<>(deltas.size());
        for (int i = 0; i < deltas.size(); i++) {
            if (leaving.contains(i)) {
                pages = pages.union(deltas.get(i));
            } else {
                kept.add(i);
            }
        }
        pages = pages.and(all);
        if (!pages.isEmpty() && kept.size() == FileExtent.MOST_DELTAS) {
            int merged = cheapest(deltas, pages, all);
            for (int i = 0; i < merged; i++) {
                pages = pages.union(deltas.get(kept.removeLast()).and(all));
            }
        }
        int held = pages.count();
        for (int position : kept) {
            held += deltas.get(position).count();
        }
        return held * 8 * 16 > pageCount * limit(spread) ? Decision.WHOLE : new Decision(false, kept, pages);
    }

    /// How many of the youngest deltas to merge: what writes the fewest pages for each; of two equal ones, more.
    private static int cheapest(List<PageMap> deltas, PageMap pages, PageMap all) {
        PageMap union = pages;
        int best = 0;
        int bestPages = 0;
        for (int merged = 1; merged <= deltas.size(); merged++) {
            union = union.union(deltas.get(deltas.size() - merged).and(all));
            int count = union.count();
            if (best == 0 || count * best <= bestPages * merged) {
                best = merged;
                bestPages = count;
            }
        }
        return best;
    }

    /// 48 to 80 of 128: three to five eighths.
    private static int limit(int spread) {
        return 48 + Math.floorMod(spread, 33);
    }
}
