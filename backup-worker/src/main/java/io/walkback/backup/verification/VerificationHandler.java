package io.walkback.backup.verification;

import io.walkback.backup.event.Announcements;
import io.walkback.backup.event.EventIds;
import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.verify.Finding;
import io.walkback.repository.verify.VerificationReport;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Does operations of kind `VERIFICATION`: reads one backup, or every backup of the database in all its lineages,
/// whole. Damage is told as a finding per object and ends the attempt with the first one; all of it is read before.
/// Thread-safe.
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

    /// Pins the backup that is named. Of all backups none is pinned: one that expires meanwhile is passed over.
    @Override
    public Needs needs(Operation operation) {
        BackupId named = command(operation).backup();
        return new Needs(Set.of(), named == null ? Set.of() : Set.of(named));
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

    private record Work(LineageRepository lineage, BackupId backup) {}

    private Facts.Verified verify(Attempt attempt, DatabaseId database, Command.Verify command)
            throws InterruptedException {
        long objects = 0;
        long bytes = 0;
        List<Finding> first = new ArrayList<>(1);
        long findings = 0;
        for (Work work : work(database, command)) {
            if (attempt.isOver()) {
                throw new InterruptedException("verification is over");
            }
            attempt.progress("reading " + work.backup(), bytes, null, null);
            if (command.backup() == null
                    && work.lineage().findBackup(work.backup()).isEmpty()) {
                continue;
            }
            VerificationReport report = work.lineage().verifier().verify(work.backup(), VerificationReport.Depth.FULL);
            objects += report.objects();
            bytes += report.bytes();
            findings += report.findingCount();
            report.findings().forEach(finding -> tell(database, work.backup(), finding));
            if (first.isEmpty() && !report.isClean()) {
                first.add(report.findings().getFirst());
            }
        }
        if (!first.isEmpty()) {
            Finding finding = first.getFirst();
            throw new CorruptDataException(
                    code(finding),
                    findings + " findings in " + objects + " objects, the first: object '" + finding.key() + "', "
                            + finding.what(),
                    "Restore from another backup, and take a new one: what is damaged is stored again.");
        }
        return new Facts.Verified(objects, bytes, 0, null);
    }

    private List<Work> work(DatabaseId database, Command.Verify command) {
        List<Work> work = new ArrayList<>();
        for (SystemIdentifier system : repository.systems(database)) {
            repository.find(database, system).ifPresent(lineage -> {
                BackupId named = command.backup();
                if (named == null) {
                    lineage.backups().forEach(backup -> work.add(new Work(lineage, backup)));
                } else if (lineage.findBackup(named).isPresent()) {
                    work.add(new Work(lineage, named));
                }
            });
        }
        if (work.isEmpty() && command.backup() != null) {
            throw new OperatorActionException(
                    FailureCode.BACKUP_UNKNOWN,
                    "database '" + database + "' has no committed backup '" + command.backup() + "' in '"
                            + repository.store().location() + "'",
                    "Correct the id; 'walkback backup list' shows them all.");
        }
        return work;
    }

    private void tell(DatabaseId database, BackupId backup, Finding finding) {
        String findingId = "verify/" + finding.key() + "/" + finding.type();
        announcements.tell(new RepositoryFinding(
                EventIds.header("repository-finding", database, findingId + " " + backup, clock.instant()),
                findingId,
                finding.type().severity(),
                new Problem(
                        code(finding),
                        "object '" + finding.key() + "': " + finding.what(),
                        finding.type().remedy()),
                finding.key().value(),
                List.of(backup)));
    }

    private static FailureCode code(Finding finding) {
        return switch (finding.type()) {
            case MISSING -> FailureCode.OBJECT_MISSING;
            case DAMAGED, INCONSISTENT -> FailureCode.OBJECT_CORRUPT;
            case UNKNOWN_FORMAT -> FailureCode.STORE_LAYOUT;
        };
    }

    private static Command.Verify command(Operation operation) {
        if (operation.command() instanceof Command.Verify verify) {
            return verify;
        }
        throw new IllegalStateException("operation " + operation.id() + " is no verification: " + operation.command());
    }
}
