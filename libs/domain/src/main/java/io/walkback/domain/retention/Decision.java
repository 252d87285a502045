package io.walkback.domain.retention;

import io.walkback.domain.BackupId;
import java.util.List;
import java.util.stream.Collectors;

/// What becomes of one backup.
///
/// @param reasons every one that holds, at least one
public record Decision(BackupId backup, Fate fate, List<Reason> reasons) {
    /// Stays or goes.
    public enum Fate {
        KEEP,
        EXPIRE
    }

    /// @param text for people, with its values
    public record Reason(Rule rule, String text) {}

    public Decision {
        reasons = List.copyOf(reasons);
        if (reasons.isEmpty()) {
            throw new IllegalArgumentException("a decision about " + backup + " without a reason");
        }
    }

    public boolean keeps() {
        return fate == Fate.KEEP;
    }

    /// All reasons in one line.
    public String why() {
        return reasons.stream().map(Reason::text).collect(Collectors.joining("; "));
    }
}
