package io.walkback.scheduler.api;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Text;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/// Writes down that somebody released commits which waited for a receiver. The act itself is done without this
/// service, which may be what is away, and told afterwards; so it is taken for a database as well that is no longer
/// registered. The same `releaseId` again makes a second entry with the same `requestId`.
@RestController
class SyncReleaseController {
    private static final int LONGEST = 1_000;
    private static final Set<AuditOutcome> OUTCOMES =
            Set.of(AuditOutcome.INTENDED, AuditOutcome.SUCCEEDED, AuditOutcome.FAILED);

    private final CommandWriter commands;

    SyncReleaseController(CommandWriter commands) {
        this.commands = commands;
    }

    /// @param outcome       `INTENDED`, `SUCCEEDED` or `FAILED`
    /// @param before        `synchronous_standby_names` as it was
    /// @param after         and as it is
    /// @param waitingBefore commits that waited
    /// @param waitingAfter  and that wait still
    record Body(
            @Nullable String releaseId,
            @Nullable String at,
            @Nullable String operator,
            @Nullable String address,
            @Nullable String outcome,
            @Nullable String before,
            @Nullable String after,
            @Nullable Integer waitingBefore,
            @Nullable Integer waitingAfter) {}

    record Recorded(String releaseId) {}

    @PostMapping("/api/databases/{name}/sync-releases")
    Recorded record(@PathVariable String name, @RequestBody Body body) {
        DatabaseId database = Fields.required("name", name, DatabaseId::new);
        UUID release = Fields.required("releaseId", body.releaseId(), UUID::fromString);
        AuditOutcome outcome = Fields.required("outcome", body.outcome(), SyncReleaseController::outcome);
        Instant at = Fields.time("at", body.at());
        Map<String, String> details = new TreeMap<>();
        details.put("releasedAt", String.valueOf(at));
        details.put("operator", text(body.operator()));
        details.put("address", text(body.address()));
        details.put("before", text(body.before()));
        details.put("after", text(body.after()));
        details.put("waitingBefore", String.valueOf(body.waitingBefore()));
        details.put("waitingAfter", String.valueOf(body.waitingAfter()));
        commands.write(
                new Act("api", "wal.release-sync", database.value(), database, outcome, release.toString(), details),
                List.of());
        return new Recorded(release.toString());
    }

    private static AuditOutcome outcome(String text) {
        AuditOutcome outcome = AuditOutcome.valueOf(text);
        if (!OUTCOMES.contains(outcome)) {
            throw new IllegalArgumentException("'" + outcome + "' is no end of a release");
        }
        return outcome;
    }

    /// What people typed and what a server answered goes into the log as one printable line.
    private static String text(@Nullable String given) {
        return given == null ? "" : Text.printable(given, LONGEST);
    }
}
