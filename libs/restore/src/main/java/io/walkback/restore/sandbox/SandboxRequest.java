package io.walkback.restore.sandbox;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.RecoveryTarget;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What to open.
///
/// @param operation names it in markers and logs: 1 to 200 printable characters
/// @param backup    null: the newest one whose stop position lies before the target
/// @param timeline  null: the one of the chosen backup
/// @param limit     from the call to the end of the sandbox; then it is torn down, whatever is going on in it
public record SandboxRequest(
        String operation,
        DatabaseId database,
        @Nullable BackupId backup,
        RecoveryTarget target,
        @Nullable TimelineId timeline,
        Duration limit) {
    public SandboxRequest {
        if (!limit.isPositive()) {
            throw new IllegalArgumentException("a sandbox with a limit of " + limit);
        }
    }
}
