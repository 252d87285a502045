package io.walkback.backup.verification;

import io.walkback.backup.event.Announcements;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.PlatformException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.Resource;
import io.walkback.domain.operation.Rotation;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.repository.Repository;
import io.walkback.repository.verify.Share;
import java.time.Clock;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Does operations of kind `VERIFICATION`: reads one backup, or every backup of the database in all its lineages
/// with their WAL, whole or a part of it. What is wrong is told as a finding per object, and ends the attempt with
/// the first one; all is read before. Thread-safe.
public final class VerificationHandler implements AttemptHandler {
    private final Repository repository;
    private final Announcements announcements;
    private final Clock clock;
    private final int slots;

    public VerificationHandler(Repository repository, Announcements announcements, Clock clock, int slots) {
        this.repository = repository;
        this.announcements = announcements;
        this.clock = clock;
        this.slots = slots;
    }

    @Override
    public OperationKind kind() {
        return OperationKind.VERIFICATION;
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public boolean canDo(Operation operation) {
        return true;
    }

    /// Pins the backup that is named. Of all backups none is pinned: one that expires meanwhile is passed over; but
    /// one worker at a time reads them all.
    @Override
    public Needs needs(Operation operation) {
        BackupId named = command(operation).backup();
        return named == null
                ? new Needs(Set.of(Resource.verification(operation.database())), Set.of())
                : new Needs(Set.of(), Set.of(named));
    }

    @Override
    public Result run(Attempt attempt) throws InterruptedException {
        Operation operation = attempt.operation();
        try {
            return new Result.Done(verify(attempt, operation.database(), command(operation)));
        } catch (PlatformException fault) {
            if (attempt.isOver() || Thread.currentThread().isInterrupted()) {
                InterruptedException over = new InterruptedException("verification is over");
                over.addSuppressed(fault);
                throw over;
            }
            throw fault;
        }
    }

    private Facts.Verified verify(Attempt attempt, DatabaseId database, Command.Verify command)
            throws InterruptedException {
        Reading reading = new Reading(repository, attempt, announcements, clock);
        if (command.backup() == null) {
            reading.everything(database, share(command.rotation()));
        } else {
            reading.one(database, command.backup());
        }
        return reading.result();
    }

    private static Share share(@Nullable Rotation rotation) {
        return rotation == null ? Share.WHOLE : new Share(rotation.part(), rotation.of());
    }

    private static Command.Verify command(Operation operation) {
        if (operation.command() instanceof Command.Verify verify) {
            return verify;
        }
        throw new IllegalStateException("operation " + operation.id() + " is no verification: " + operation.command());
    }
}
