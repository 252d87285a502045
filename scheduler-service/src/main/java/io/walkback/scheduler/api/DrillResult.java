package io.walkback.scheduler.api;

import io.walkback.domain.operation.Facts;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a rehearsal found out, as the API shows it; docs/api.md describes the fields.
record DrillResult(
        String backupId,
        String verdict,
        @Nullable String reason,
        @Nullable String object,
        long rtoMillis,
        @Nullable Long rpoMillis,
        Map<String, Double> phaseSeconds,
        long proofMillis,
        long bytes,
        long walBytes,
        @Nullable String reachedLsn,
        @Nullable Instant reachedTime,
        @Nullable Long timeline,
        String isolation,
        List<String> notCovered,
        @Nullable String reportDigest,
        String host) {
    static DrillResult of(Facts.Rehearsed facts) {
        return new DrillResult(
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
                facts.reached() == null ? null : facts.reached().toString(),
                facts.reachedTime(),
                facts.timeline() == null
                        ? null
                        : Integer.toUnsignedLong(facts.timeline().value()),
                facts.isolation(),
                facts.notCovered(),
                facts.reportDigest(),
                facts.host());
    }
}
