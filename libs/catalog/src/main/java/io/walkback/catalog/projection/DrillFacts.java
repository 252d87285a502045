package io.walkback.catalog.projection;

import io.walkback.domain.BackupId;
import io.walkback.domain.event.DrillCompleted;
import io.walkback.domain.event.DrillFailed;
import io.walkback.domain.event.DrillStarted;
import io.walkback.domain.event.Event;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold.Change;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The events that a change of a rehearsal is. `DrillCompleted` says that there is a verdict, whichever; an attempt
/// that came to none is a `DrillFailed`, which says nothing about the backup (P9).
final class DrillFacts {
    private DrillFacts() {}

    /// Empty for a claim that pins no backup, which no worker of ours makes.
    static Optional<Event> started(Change change, OperationRecord.Claimed claim) {
        Operation operation = change.after();
        BackupId backup = claim.pins().size() == 1 ? claim.pins().iterator().next() : named(operation);
        return Optional.ofNullable(backup)
                .map(rehearsed -> new DrillStarted(
                        Headers.of(change, "DrillStarted"),
                        operation.id(),
                        rehearsed,
                        operation.attempts(),
                        change.place(),
                        claim.worker(),
                        claim.worker().name()));
    }

    /// Empty for facts that come from something else than a rehearsal.
    static Optional<Event> completed(Change change, Facts.Rehearsed facts) {
        return change.after().command() instanceof Command.Rehearse
                ? Optional.of(new DrillCompleted(
                        Headers.of(change, "DrillCompleted"),
                        change.after().id(),
                        facts.backup(),
                        facts.verdict(),
                        facts.reason(),
                        facts.rtoMs(),
                        facts.rpoMs(),
                        facts.phaseSeconds(),
                        facts.reached(),
                        facts.reachedTime(),
                        facts.timeline(),
                        facts.isolation(),
                        facts.reportDigest(),
                        facts.object(),
                        facts.bytes(),
                        facts.walBytes(),
                        facts.proofMs(),
                        facts.notCovered(),
                        facts.host()))
                : Optional.empty();
    }

    static Event failed(Change change, Problem problem, int attempt, boolean last) {
        return new DrillFailed(
                Headers.of(change, "DrillFailed"), change.after().id(), named(change.after()), problem, attempt, last);
    }

    private static @Nullable BackupId named(Operation operation) {
        return operation.command() instanceof Command.Rehearse rehearse ? rehearse.backup() : null;
    }
}
