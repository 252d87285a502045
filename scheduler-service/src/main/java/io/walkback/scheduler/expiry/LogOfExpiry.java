package io.walkback.scheduler.expiry;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.WalExpired;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.operations.OperationLog;
import io.walkback.repository.expiry.ExpiryLog;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.state.State;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The operation log for one attempt at an expiry. A mark counts once the projected operation has it.
///
/// Whether a mark was void is seen from records that follow it: `Renewed` changes the operation for certain, and
/// the log has one order. Where what is seen leaves a doubt the backup counts as needed, which deletes nothing;
/// the next expiry finds the mark.
final class LogOfExpiry implements ExpiryLog {
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final DatabaseId database;
    private final OperationId operation;
    private final Epoch epoch;
    private final Held held;
    private final OperationLog log;
    private final CommandWriter commands;
    private final State state;
    private final Clock clock;

    /// Whether the claim still holds.
    interface Held {
        /// Throws when it does not, or was not renewed lately.
        void require() throws InterruptedException;
    }

    LogOfExpiry(
            DatabaseId database,
            OperationId operation,
            Epoch epoch,
            Held held,
            OperationLog log,
            CommandWriter commands,
            State state,
            Clock clock) {
        this.database = database;
        this.operation = operation;
        this.epoch = epoch;
        this.held = held;
        this.log = log;
        this.commands = commands;
        this.state = state;
        this.clock = clock;
    }

    @Override
    public Mark mark(BackupId backup) throws InterruptedException {
        if (marker(backup).isPresent()) {
            return Mark.MARKED;
        }
        append(new OperationRecord.Expiring(database, operation, epoch, backup, clock.instant()));
        long before = version();
        append(new OperationRecord.Renewed(database, operation, epoch, clock.instant()));
        String key = State.key(database, operation);
        Operation heard = state.operations()
                .await(key, now -> now.marks(backup) || now.stateVersion() > before, ANSWER)
                .orElseThrow(LogOfExpiry::unheard);
        // That may have been a record from before the mark; the one after the next is not.
        if (!heard.marks(backup)) {
            long seen = heard.stateVersion();
            append(new OperationRecord.Renewed(database, operation, epoch, clock.instant()));
            heard = state.operations()
                    .await(key, now -> now.marks(backup) || now.stateVersion() > seen, ANSWER)
                    .orElseThrow(LogOfExpiry::unheard);
        }
        requireHeld();
        return heard.marks(backup) ? Mark.MARKED : Mark.NEEDED;
    }

    @Override
    public void expired(BackupId backup, String reason) throws InterruptedException {
        OperationId marker = marker(backup)
                .map(Operation::id)
                .orElseThrow(() -> new IllegalStateException("backup " + backup + " is gone and was never marked"));
        append(new OperationRecord.Expired(database, marker, backup, reason, clock.instant()));
    }

    /// Told and audited before anything of it is deleted.
    @Override
    public void walGoes(SystemIdentifier system, TimelineId timeline, Lsn from, Lsn to) {
        String what = system + "/" + timeline + "/" + from + "/" + to;
        byte[] about = ("WalExpired/" + database + "/" + operation + "/" + what).getBytes(StandardCharsets.UTF_8);
        commands.write(
                new Act(
                        "expiry",
                        "wal.expire",
                        operation.value(),
                        database,
                        AuditOutcome.INTENDED,
                        operation.value(),
                        Map.of("wal", what)),
                List.of(new WalExpired(
                        new EventHeader(UUID.nameUUIDFromBytes(about), database, clock.instant(), null),
                        operation,
                        system,
                        timeline,
                        from,
                        to)));
    }

    @Override
    public void requireHeld() throws InterruptedException {
        held.require();
    }

    private Optional<Operation> marker(BackupId backup) {
        return state.operations()
                .all()
                .filter(known -> known.database().equals(database) && known.marks(backup))
                .findFirst();
    }

    private long version() {
        return state.operation(database, operation).map(Operation::stateVersion).orElse(-1L);
    }

    private void append(OperationRecord record) throws InterruptedException {
        try {
            log.append(record).get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof PlatformException ours) {
                throw ours;
            }
            throw new IllegalStateException("the log refused a record of ours", failed);
        } catch (TimeoutException late) {
            throw new RetryableException(
                    FailureCode.BROKER_UNAVAILABLE,
                    "the operation log did not take a record within " + ANSWER.toSeconds() + " s",
                    "See whether the brokers are up; the expiry goes on at its next attempt.",
                    late);
        }
    }

    private static RetryableException unheard() {
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE,
                "a mark was not seen in 'operations' within " + ANSWER.toSeconds() + " s",
                "See whether the projector runs; the expiry goes on at its next attempt.");
    }
}
