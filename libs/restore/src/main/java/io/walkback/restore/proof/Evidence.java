package io.walkback.restore.proof;

import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Verdict;
import io.walkback.restore.sandbox.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one rehearsal has found out so far, and what follows from it. Used by one thread.
final class Evidence {
    private final Rehearsal rehearsal;
    private final Instant begun;
    private final List<CheckOutcome> outcomes = new ArrayList<>();
    private final Omissions omitted = new Omissions();
    private Map<String, Double> phases = Map.of();
    private long proofBegun;
    private long proofNanos;
    private @Nullable Long rpoMs;
    private @Nullable Sandbox sandbox;

    Evidence(Rehearsal rehearsal, Instant begun) {
        this.rehearsal = rehearsal;
        this.begun = begun;
    }

    Rehearsal rehearsal() {
        return rehearsal;
    }

    Instant begun() {
        return begun;
    }

    List<CheckOutcome> outcomes() {
        return List.copyOf(outcomes);
    }

    /// The backup was restored, replayed, promoted, and answered.
    void opened(Sandbox opened) {
        sandbox = opened;
        phases = opened.phases();
        proofBegun = System.nanoTime();
        outcomes.add(CheckOutcome.passed(
                OpeningFault.NAME, new Omissions(), Map.of("bytes", opened.bytes(), "walBytes", walBytes(opened))));
    }

    void add(CheckOutcome outcome) {
        outcomes.add(outcome);
        omitted.addAll(outcome.notCovered());
        proofNanos = sandbox == null ? 0 : System.nanoTime() - proofBegun;
    }

    void omit(String what) {
        omitted.add(what);
    }

    void measured(@Nullable Duration rpo) {
        rpoMs = rpo == null ? null : rpo.toMillis();
    }

    boolean hasFailed() {
        return first(Verdict.FAILED).isPresent();
    }

    /// What decides: the first that failed, else the first that could not judge.
    private Optional<CheckOutcome> decisive() {
        return first(Verdict.FAILED).or(() -> first(Verdict.UNPROVEN));
    }

    private Optional<CheckOutcome> first(Verdict verdict) {
        return outcomes.stream().filter(outcome -> outcome.verdict() == verdict).findFirst();
    }

    /// Proven only when each mandatory check has spoken, and none against it (P9).
    Facts.Rehearsed facts(@Nullable String digest) {
        Optional<CheckOutcome> decisive = decisive();
        Verdict verdict = decisive.map(CheckOutcome::verdict).orElse(Verdict.PROVEN);
        String reason = decisive.map(outcome -> outcome.check() + ": " + outcome.reason())
                .orElse(null);
        if (verdict == Verdict.PROVEN && !MANDATORY.stream().allMatch(this::hasPassed)) {
            verdict = Verdict.UNPROVEN;
            reason = "not every check was made";
        }
        double seconds =
                phases.values().stream().mapToDouble(Double::doubleValue).sum();
        Sandbox seen = sandbox;
        return new Facts.Rehearsed(
                rehearsal.backup(),
                verdict,
                reason,
                decisive.map(CheckOutcome::object).orElse(null),
                Math.round(seconds * 1000),
                rpoMs,
                new LinkedHashMap<>(phases),
                proofNanos / 1_000_000,
                seen == null ? 0 : seen.bytes(),
                seen == null ? 0 : walBytes(seen),
                seen == null ? null : seen.reached().reached(),
                seen == null ? null : seen.reached().reachedTime(),
                seen == null ? null : seen.reached().timeline(),
                seen == null ? "not started" : seen.isolation().toString(),
                omitted.list(),
                digest,
                rehearsal.host());
    }

    private static final List<String> MANDATORY =
            List.of(OpeningFault.NAME, "collation", "amcheck", "assertions", "heartbeat", "rows", PageCheck.NAME);

    private boolean hasPassed(String check) {
        return outcomes.stream()
                .anyMatch(outcome -> outcome.check().equals(check) && outcome.verdict() == Verdict.PROVEN);
    }

    private static long walBytes(Sandbox opened) {
        return opened.reached().reached().minus(opened.plan().start());
    }
}
