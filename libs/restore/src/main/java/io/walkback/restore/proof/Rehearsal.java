package io.walkback.restore.proof;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.operation.Assertion;
import io.walkback.domain.operation.RecoveryTarget;
import java.time.Duration;
import java.util.List;

/// What to rehearse.
///
/// @param operation names it in markers, logs and the report: 1 to 200 printable characters
/// @param backup    this one and no other: a rehearsal that goes on to an older one would prove that one
/// @param limit     for all of it, the tearing down not counted
/// @param host      the worker's
public record Rehearsal(
        String operation,
        DatabaseId database,
        BackupId backup,
        RecoveryTarget target,
        List<Assertion> assertions,
        Duration limit,
        String host) {
    public Rehearsal {
        assertions = List.copyOf(assertions);
    }
}
