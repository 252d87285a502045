package io.walkback.catalog.projection;

import io.walkback.domain.event.DrillHistory;
import io.walkback.domain.event.DrillRun;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationFold.Change;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationState;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rehearsals of a database that came to their ends. Stateless and thread-safe.
///
/// What the fold knows is taken from there, and only what it has forgotten from the record before, so that a view
/// which lags loses none.
public final class DrillHistories {
    private DrillHistories() {}

    /// The history after `change`; empty where it stays as it is.
    ///
    /// @param known the record before, null for none
    public static Optional<DrillHistory> after(Change change, OperationFold fold, @Nullable DrillHistory known) {
        if (run(change.after()).isEmpty()) {
            return Optional.empty();
        }
        Map<OperationId, DrillRun> runs = new HashMap<>();
        if (known != null) {
            known.runs().forEach(run -> runs.put(run.drill(), run));
        }
        fold.of(change.after().database()).stream()
                .flatMap(operation -> run(operation).stream())
                .forEach(run -> runs.put(run.drill(), run));
        List<DrillRun> all = runs.values().stream()
                .sorted(Comparator.comparing(DrillRun::at)
                        .thenComparing(run -> run.drill().value()))
                .toList();
        EventHeader header = Headers.of(change, "DrillHistory");
        return Optional.of(
                new DrillHistory(header, all.subList(Math.max(0, all.size() - DrillHistory.MOST), all.size())));
    }

    private static Optional<DrillRun> run(Operation operation) {
        return operation.command() instanceof Command.Rehearse
                        && operation.state() instanceof OperationState.Completed done
                        && done.facts() instanceof Facts.Rehearsed facts
                ? Optional.of(new DrillRun(
                        operation.id(),
                        done.at(),
                        facts.backup(),
                        facts.verdict(),
                        facts.reason(),
                        facts.object(),
                        facts.rtoMs(),
                        facts.rpoMs(),
                        facts.phaseSeconds(),
                        facts.proofMs(),
                        facts.bytes(),
                        facts.walBytes(),
                        facts.reachedTime(),
                        facts.isolation(),
                        facts.host(),
                        facts.reportDigest()))
                : Optional.empty();
    }
}
