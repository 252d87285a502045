package io.walkback.restore.proof;

import io.walkback.domain.operation.Verdict;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What one check found.
///
/// @param check      its name, as in the report
/// @param reason     in words, without row data; null when it is PROVEN
/// @param object     what is at fault: a relation, a key of the repository, an assertion; null where nothing is
/// @param notCovered what it did not look at, in words
/// @param figures    how much it looked at, by name
public record CheckOutcome(
        String check,
        Verdict verdict,
        @Nullable String reason,
        @Nullable String object,
        List<String> notCovered,
        Map<String, Long> figures) {
    public CheckOutcome {
        notCovered = List.copyOf(notCovered);
        figures = new TreeMap<>(figures);
        if ((verdict == Verdict.PROVEN) != (reason == null)) {
            throw new IllegalArgumentException("check " + check + " says " + verdict + " because of " + reason);
        }
    }

    static CheckOutcome passed(String check, Omissions omitted, Map<String, Long> figures) {
        return new CheckOutcome(check, Verdict.PROVEN, null, null, omitted.list(), figures);
    }

    static CheckOutcome failed(String check, String reason, @Nullable String object) {
        return new CheckOutcome(check, Verdict.FAILED, reason, object, List.of(), Map.of());
    }

    static CheckOutcome unproven(String check, String reason, @Nullable String object) {
        return new CheckOutcome(check, Verdict.UNPROVEN, reason, object, List.of(), Map.of());
    }
}
