package io.walkback.scheduler.api;

import io.walkback.domain.event.DrillRun;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationState;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A rehearsal as the API shows it; docs/api.md describes the fields.
///
/// @param openedAt null for one whose operation is forgotten
/// @param verdict  null while there is none, and where the rehearsal was not carried out
record DrillJson(
        String id,
        String database,
        String state,
        @Nullable Instant openedAt,
        @Nullable Instant endedAt,
        @Nullable String backupId,
        @Nullable String verdict,
        @Nullable String reason,
        @Nullable String object,
        @Nullable Long rtoMillis,
        @Nullable Long rpoMillis,
        Map<String, Double> phaseSeconds,
        @Nullable Long proofMillis,
        @Nullable Long bytes,
        @Nullable Long walBytes,
        @Nullable Instant reachedTime,
        @Nullable String isolation,
        @Nullable String host,
        @Nullable String reportDigest,
        OperationJson.@Nullable ProblemJson problem) {
    static DrillJson of(Operation operation) {
        Facts.Rehearsed facts = operation.state() instanceof OperationState.Completed done
                        && done.facts() instanceof Facts.Rehearsed rehearsed
                ? rehearsed
                : null;
        OperationJson shown = OperationJson.of(operation, Map.of());
        return facts == null
                ? new DrillJson(
                        shown.id(),
                        shown.database(),
                        shown.state(),
                        shown.openedAt(),
                        shown.endedAt(),
                        shown.backupId(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        Map.of(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        shown.problem())
                : new DrillJson(
                        shown.id(),
                        shown.database(),
                        shown.state(),
                        shown.openedAt(),
                        shown.endedAt(),
                        facts.backup().value(),
                        facts.verdict().name(),
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
                        facts.reportDigest(),
                        null);
    }

    static DrillJson of(String database, DrillRun run) {
        return new DrillJson(
                run.drill().value(),
                database,
                "COMPLETED",
                null,
                run.at(),
                run.backupId().value(),
                run.verdict().name(),
                run.reason(),
                run.object(),
                run.rtoMs(),
                run.rpoMs(),
                run.phases(),
                run.proofMs(),
                run.sizeBytes(),
                run.walBytes(),
                run.reachedTime(),
                run.isolation(),
                run.host(),
                run.reportDigest(),
                null);
    }
}
