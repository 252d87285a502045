package io.walkback.scheduler.request;

import io.walkback.domain.database.DrillPolicy;
import io.walkback.domain.event.DrillRequested;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.DrillChoice;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.RecoveryTarget;
import org.jspecify.annotations.Nullable;

/// What a request for a rehearsal must look like, and what it becomes.
///
/// Assertions and the limit come from the policy and never from the request: whoever may write to the topic of
/// requests cannot have SQL of his own run.
final class DrillForm {
    private DrillForm() {}

    static @Nullable Problem problem(DrillRequested request) {
        if (request.choice() == DrillChoice.UNKNOWN) {
            return RequestRules.invalid("which backup is to be rehearsed is not known");
        }
        if ((request.choice() == DrillChoice.NAMED) != (request.backupId() != null)) {
            return RequestRules.invalid("a drill names a backup if and only if its choice is named");
        }
        if (request.randomWindow() != null) {
            if (request.randomWindow().isNegative() || request.randomWindow().isZero()) {
                return RequestRules.invalid("the window of a drill is longer than nothing");
            }
            if (!(request.target() instanceof RecoveryTarget.Latest)) {
                return RequestRules.invalid("a drill ends at its target or at a random moment, not at both");
            }
        }
        return RestoreForm.target(request.target());
    }

    /// Null for a request that [#problem] refuses.
    static @Nullable Command command(DrillRequested request, DrillPolicy policy) {
        return problem(request) != null
                ? null
                : new Command.Rehearse(
                        request.choice(),
                        request.backupId(),
                        request.target(),
                        request.randomWindow(),
                        policy.assertions(),
                        policy.limit());
    }
}
