package io.walkback.domain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a timeline comes from: its ancestors, oldest first, each with the position at which the next one left it.
///
/// A history file has one line per ancestor, `1<tab>0/5000148<tab>no recovery target specified`; empty lines and
/// lines that begin with `#` are nothing.
public final class TimelineHistory {
    /// @param timeline an ancestor
    /// @param end      its WAL counts up to here, exclusive; what it has beyond was left behind
    public record Branch(TimelineId timeline, Lsn end) {}

    private final TimelineId timeline;
    private final List<Branch> ancestors;

    private TimelineHistory(TimelineId timeline, List<Branch> ancestors) {
        this.timeline = timeline;
        this.ancestors = List.copyOf(ancestors);
    }

    /// Timeline 1, or any that was never branched off: no ancestors.
    public static TimelineHistory root(TimelineId timeline) {
        return new TimelineHistory(timeline, List.of());
    }

    /// What [#ancestors] gave. Throws [IllegalArgumentException] unless timelines and positions rise.
    public static TimelineHistory of(TimelineId timeline, List<Branch> ancestors) {
        Branch before = null;
        for (Branch branch : ancestors) {
            if (!follows(timeline, before, branch)) {
                throw new IllegalArgumentException("timeline " + timeline + " cannot descend from " + ancestors);
            }
            before = branch;
        }
        return new TimelineHistory(timeline, ancestors);
    }

    private static boolean follows(TimelineId timeline, @Nullable Branch before, Branch branch) {
        return branch.timeline().compareTo(timeline) < 0
                && (before == null
                        || (branch.timeline().compareTo(before.timeline()) > 0
                                && !branch.end().isBefore(before.end())));
    }

    /// Parses the history file of `timeline`. [CorruptDataException] (`WAL_INVALID`) unless timelines and positions
    /// rise.
    public static TimelineHistory parse(TimelineId timeline, byte[] file) {
        List<Branch> ancestors = new ArrayList<>();
        int number = 0;
        for (String line : new String(file, StandardCharsets.UTF_8).lines().toList()) {
            number++;
            String text = line.strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                Branch branch = branch(timeline, number, text);
                Branch before = ancestors.isEmpty() ? null : ancestors.getLast();
                if (!follows(timeline, before, branch)) {
                    throw invalid(timeline, number, text, null);
                }
                ancestors.add(branch);
            }
        }
        return new TimelineHistory(timeline, ancestors);
    }

    private static Branch branch(TimelineId timeline, int number, String text) {
        String[] parts = text.split("\\s+", 3);
        try {
            return new Branch(
                    new TimelineId(Integer.parseUnsignedInt(parts[0])), Lsn.parse(parts.length < 2 ? "" : parts[1]));
        } catch (IllegalArgumentException odd) {
            throw invalid(timeline, number, text, odd);
        }
    }

    private static CorruptDataException invalid(
            TimelineId timeline, int number, String text, @Nullable IllegalArgumentException cause) {
        return new CorruptDataException(
                FailureCode.WAL_INVALID,
                "line " + number + " of " + timeline.historyFileName() + " is '" + Text.printable(text, 100) + "'",
                "Fetch the file from the server again; recovery would take the wrong path with it.",
                cause);
    }

    public TimelineId timeline() {
        return timeline;
    }

    /// The branch points, oldest first, without this timeline itself.
    public List<Branch> ancestors() {
        return ancestors;
    }

    /// Which timeline of this lineage wrote the byte at `position`.
    public TimelineId containing(Lsn position) {
        for (Branch branch : ancestors) {
            if (position.isBefore(branch.end())) {
                return branch.timeline();
            }
        }
        return timeline;
    }

    /// Where an ancestor was left; empty for this timeline itself and for strangers.
    public Optional<Lsn> endOf(TimelineId ancestor) {
        return ancestors.stream()
                .filter(branch -> branch.timeline().equals(ancestor))
                .map(Branch::end)
                .findFirst();
    }

    /// Where `member` begins to count in this lineage: `0/0` for the oldest; empty for strangers.
    public Optional<Lsn> beginOf(TimelineId member) {
        Lsn begin = Lsn.INVALID;
        for (Branch branch : ancestors) {
            if (branch.timeline().equals(member)) {
                return Optional.of(begin);
            }
            begin = branch.end();
        }
        return timeline.equals(member) ? Optional.of(begin) : Optional.empty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TimelineHistory history
                && timeline.equals(history.timeline)
                && ancestors.equals(history.ancestors);
    }

    @Override
    public int hashCode() {
        return 31 * timeline.hashCode() + ancestors.hashCode();
    }

    @Override
    public String toString() {
        return ancestors + " -> " + timeline;
    }
}
