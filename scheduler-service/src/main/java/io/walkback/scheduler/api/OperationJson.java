package io.walkback.scheduler.api;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Command.InPlace;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.OperationState;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An operation as the API shows it; docs/api.md describes the fields.
record OperationJson(
        String id,
        String database,
        String kind,
        String state,
        boolean over,
        int attempts,
        int attemptsLeft,
        boolean cancelRequested,
        boolean paused,
        String requestedBy,
        Instant openedAt,
        @Nullable Instant notAfter,
        @Nullable Instant claimedAt,
        @Nullable Instant endedAt,
        @Nullable String worker,
        Map<String, String> labels,
        @Nullable String backupId,
        @Nullable Progress progress,
        @Nullable ProblemJson problem,
        @Nullable CommandJson command,
        @Nullable Object result,
        long stateVersion) {
    record Progress(
            String phase,
            long bytesDone,
            @Nullable Long bytesTotal,
            @Nullable Long bytesKept,
            @Nullable Long bytesPerSecond,
            @Nullable Long secondsLeft,
            @Nullable String lsn,
            @Nullable Long exposedMillis,
            Instant at) {}

    record ProblemJson(String code, String message, String hint) {
        static @Nullable ProblemJson of(@Nullable Problem problem) {
            return problem == null ? null : new ProblemJson(problem.code().name(), problem.message(), problem.hint());
        }
    }

    record CommandJson(
            String target,
            @Nullable Long timeline,
            String host,
            String directory,
            Map<String, String> tablespaces,
            boolean noStart,
            boolean delta,
            boolean exclusive,
            boolean validateOnly,
            @Nullable String planDigest,
            @Nullable String breakGlass,
            @Nullable InPlace inPlace) {}

    record BackupResult(long sizeBytes, long storedBytes, String startLsn, String stopLsn, long pageChecksumErrors) {}

    record RestoreResult(
            String backupId,
            @Nullable String reachedLsn,
            @Nullable Instant reachedTime,
            long timeline,
            String host,
            String directory,
            long bytes,
            Map<String, Double> phaseSeconds,
            @Nullable String socket,
            @Nullable Long keptBytes) {}

    record VerificationResult(
            long objects,
            long bytes,
            long findings,
            @Nullable String firstFinding) {}

    record ExpiryResult(long backups, long objects, long bytes, long retained) {}

    static OperationJson of(Operation operation, Map<Epoch, Heartbeat> heartbeats) {
        Optional<OperationState.Claimed> held = operation.holder();
        return new OperationJson(
                operation.id().value(),
                operation.database().value(),
                operation.kind().name(),
                operation
                        .state()
                        .getClass()
                        .getSimpleName()
                        .replaceAll("(?<=.)([A-Z])", "_$1")
                        .toUpperCase(Locale.ROOT),
                operation.state().isTerminal(),
                operation.attempts(),
                operation.attemptsLeft(),
                operation.cancelRequested(),
                operation.paused(),
                operation.requestedBy(),
                operation.openedAt(),
                operation.notAfter(),
                held.map(OperationState.Claimed::since).orElse(null),
                endedAt(operation.state()),
                held.map(claim -> claim.worker().toString()).orElse(null),
                operation.labels(),
                backupId(operation),
                held.map(OperationState.Claimed::epoch)
                        .map(heartbeats::get)
                        .map(OperationJson::progress)
                        .orElse(null),
                ProblemJson.of(problem(operation.state())),
                command(operation.command()),
                result(operation.state()),
                operation.stateVersion());
    }

    private static @Nullable Instant endedAt(OperationState state) {
        return switch (state) {
            case OperationState.Completed completed -> completed.at();
            case OperationState.Failed failed -> failed.at();
            case OperationState.Cancelled cancelled -> cancelled.at();
            case OperationState.Rejected rejected -> rejected.at();
            case OperationState.Open _, OperationState.Claimed _, OperationState.AwaitingWal _ -> null;
        };
    }

    static @Nullable Problem problem(OperationState state) {
        return switch (state) {
            case OperationState.Open open -> open.last();
            case OperationState.Failed failed -> failed.problem();
            case OperationState.Rejected rejected -> rejected.problem();
            case OperationState.Claimed _,
                    OperationState.AwaitingWal _,
                    OperationState.Completed _,
                    OperationState.Cancelled _ -> null;
        };
    }

    private static Progress progress(Heartbeat heartbeat) {
        return new Progress(
                heartbeat.phase(),
                heartbeat.bytesDone(),
                heartbeat.bytesTotal(),
                heartbeat.bytesKept(),
                heartbeat.bytesPerSecond(),
                secondsLeft(heartbeat),
                text(heartbeat.lsn()),
                heartbeat.exposedMillis(),
                heartbeat.at());
    }

    /// Null where the rate or the total is not known, and where nothing moves.
    private static @Nullable Long secondsLeft(Heartbeat heartbeat) {
        Long total = heartbeat.bytesTotal();
        Long rate = heartbeat.bytesPerSecond();
        return total == null || rate == null || rate == 0
                ? null
                : Long.valueOf(Math.max(0, total - heartbeat.bytesDone()) / rate);
    }

    private static @Nullable String backupId(Operation operation) {
        if (operation.state() instanceof OperationState.Completed done) {
            if (done.facts() instanceof Facts.Restored restored) {
                return restored.backup().value();
            }
            if (done.facts() instanceof Facts.Rehearsed rehearsed) {
                return rehearsed.backup().value();
            }
        }
        if (operation.state() instanceof OperationState.Completed done
                && done.facts() instanceof Facts.Planned planned) {
            return planned.plan().backup();
        }
        BackupId backup =
                switch (operation.command()) {
                    case Command.TakeBackup take -> take.backup();
                    case Command.TakeDump take -> take.backup();
                    case Command.Restore restore -> restore.backup();
                    case Command.Verify verify -> verify.backup();
                    case Command.Rehearse rehearse -> rehearse.backup();
                    case Command.Hold hold -> hold.backup();
                    case Command.Expire _, Command.ReceiveWal _, Command.AccompanyWal _ -> null;
                    case null -> null;
                };
        return backup == null ? null : backup.value();
    }

    private static @Nullable CommandJson command(@Nullable Command command) {
        return command instanceof Command.Restore restore
                ? new CommandJson(
                        restore.target().text(),
                        number(restore.timeline()),
                        restore.host(),
                        restore.directory(),
                        restore.tablespaces(),
                        !restore.start(),
                        restore.delta(),
                        restore.exclusive(),
                        restore.validateOnly(),
                        restore.planDigest(),
                        restore.breakGlass(),
                        restore.inPlace())
                : null;
    }

    private static @Nullable Object result(OperationState state) {
        return switch (state) {
            case OperationState.AwaitingWal waiting -> backedUp(waiting.facts());
            case OperationState.Completed completed ->
                switch (completed.facts()) {
                    case Facts.BackedUp backedUp -> backedUp(backedUp);
                    case Facts.Dumped dumped ->
                        new BackupResult(
                                dumped.sizeBytes(),
                                dumped.storedBytes(),
                                dumped.start().toString(),
                                dumped.stop().toString(),
                                0);
                    case Facts.Restored restored ->
                        new RestoreResult(
                                restored.backup().value(),
                                text(restored.reached()),
                                restored.reachedTime(),
                                Integer.toUnsignedLong(restored.timeline().value()),
                                restored.host(),
                                restored.directory(),
                                restored.bytes(),
                                restored.phaseSeconds(),
                                restored.socket(),
                                restored.keptBytes());
                    case Facts.Planned planned -> planned.plan();
                    case Facts.Verified verified ->
                        new VerificationResult(
                                verified.objects(), verified.bytes(), verified.findings(), verified.firstFinding());
                    case Facts.Rehearsed rehearsed -> DrillResult.of(rehearsed);
                    case Facts.Expired expired ->
                        new ExpiryResult(expired.backups(), expired.objects(), expired.bytes(), expired.retained());
                };
            case OperationState.Open _,
                    OperationState.Claimed _,
                    OperationState.Failed _,
                    OperationState.Cancelled _,
                    OperationState.Rejected _ -> null;
        };
    }

    private static BackupResult backedUp(Facts.BackedUp facts) {
        return new BackupResult(
                facts.sizeBytes(),
                facts.storedBytes(),
                facts.start().toString(),
                facts.stop().toString(),
                facts.pageChecksumErrors());
    }

    private static @Nullable String text(@Nullable Lsn lsn) {
        return lsn == null ? null : lsn.toString();
    }

    private static @Nullable Long number(@Nullable TimelineId timeline) {
        return timeline == null ? null : Integer.toUnsignedLong(timeline.value());
    }
}
