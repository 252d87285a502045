package io.walkback.domain.window;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.RecoverableRange;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The nearest targets on both sides of one that cannot be reached (P12).
///
/// @param before null where there is none
/// @param after  null where there is none
record Near(Answer.@Nullable Nearest before, Answer.@Nullable Nearest after) {
    static Near of(List<RecoverableRange> ranges, Instant time, @Nullable TimelineId timeline) {
        Answer.Nearest before = null;
        Answer.Nearest after = null;
        for (RecoverableRange range : of(ranges, timeline)) {
            Instant from = range.fromTime();
            Instant to = range.toTime();
            if (from == null || to == null) {
                continue;
            }
            boolean inside = !from.isAfter(time) && !to.isBefore(time);
            if (!from.isAfter(time) && (before == null || isAfter(inside ? time : to, before.time()))) {
                before = new Answer.Nearest(range.timeline(), inside ? null : range.toLsn(), inside ? time : to);
            }
            if (!to.isBefore(time) && (after == null || isAfter(after.time(), inside ? time : from))) {
                after = new Answer.Nearest(range.timeline(), inside ? null : range.fromLsn(), inside ? time : from);
            }
        }
        return new Near(before, after);
    }

    private static boolean isAfter(@Nullable Instant left, @Nullable Instant right) {
        return left != null && right != null && left.isAfter(right);
    }

    static Near of(List<RecoverableRange> ranges, Lsn position, @Nullable TimelineId timeline) {
        Answer.Nearest before = null;
        Answer.Nearest after = null;
        for (RecoverableRange range : of(ranges, timeline)) {
            boolean inside =
                    !range.fromLsn().isAfter(position) && !range.toLsn().isBefore(position);
            Lsn low = inside ? position : range.toLsn();
            Lsn high = inside ? position : range.fromLsn();
            if (!range.fromLsn().isAfter(position)
                    && (before == null || low.isAfter(Objects.requireNonNull(before.lsn())))) {
                before = new Answer.Nearest(range.timeline(), low, inside ? null : range.toTime());
            }
            if (!range.toLsn().isBefore(position)
                    && (after == null || high.isBefore(Objects.requireNonNull(after.lsn())))) {
                after = new Answer.Nearest(range.timeline(), high, inside ? null : range.fromTime());
            }
        }
        return new Near(before, after);
    }

    private static List<RecoverableRange> of(List<RecoverableRange> ranges, @Nullable TimelineId timeline) {
        return timeline == null
                ? ranges
                : ranges.stream()
                        .filter(range -> range.timeline().equals(timeline))
                        .toList();
    }
}
