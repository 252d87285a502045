package io.walkback.backup.verification;

import io.walkback.backup.event.Announcements;
import io.walkback.backup.event.EventIds;
import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.operations.Attempt;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.verify.Finding;
import io.walkback.repository.verify.LockScan;
import io.walkback.repository.verify.Share;
import io.walkback.repository.verify.TamperScan;
import io.walkback.repository.verify.VerificationReport;
import io.walkback.repository.verify.WalVerifier;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One attempt at a verification: reads, tells what it finds, and counts. For one thread.
final class Reading {
    private final Repository repository;
    private final Attempt attempt;
    private final Announcements announcements;
    private final Clock clock;
    private long objects;
    private long bytes;
    private long findings;
    private @Nullable Finding first;

    Reading(Repository repository, Attempt attempt, Announcements announcements, Clock clock) {
        this.repository = repository;
        this.attempt = attempt;
        this.announcements = announcements;
        this.clock = clock;
    }

    /// One backup, whole, in whichever lineage it is.
    void one(DatabaseId database, BackupId backup) throws InterruptedException {
        boolean found = false;
        for (LineageRepository lineage : lineages(database)) {
            if (lineage.findBackup(backup).isPresent()) {
                found = true;
                read(lineage, backup, each -> lineage.verifier().verify(each, VerificationReport.Depth.FULL));
            }
        }
        if (!found) {
            throw new OperatorActionException(
                    FailureCode.BACKUP_UNKNOWN,
                    "database '" + database + "' has no committed backup '" + backup + "' in '"
                            + repository.store().location() + "'",
                    "Correct the id; 'walkback backup list' shows them all.");
        }
    }

    /// Every backup and all WAL of every lineage, of both the share, and traces of what others did to them. First
    /// what is quickest and says most.
    void everything(DatabaseId database, Share share) throws InterruptedException {
        for (LineageRepository lineage : lineages(database)) {
            Lineage layout = lineage.lineage();
            List<BackupId> backups = lineage.backups();
            step("looking for traces of others");
            suspects(database, new TamperScan(layout).scan(backups));
            step("looking at locks");
            suspects(database, new LockScan(layout, share).scan(backups));
            Function<BackupId, VerificationReport> round = lineage.verifier().round(share);
            for (BackupId backup : backups) {
                // One that expired meanwhile is passed over.
                if (layout.store().size(layout.manifest(backup)).isPresent()) {
                    read(lineage, backup, round);
                }
            }
            wal(database, layout, share);
        }
    }

    private List<LineageRepository> lineages(DatabaseId database) {
        List<LineageRepository> lineages = new ArrayList<>();
        // A cluster that was adopted again is there twice.
        for (SystemIdentifier system :
                repository.systems(database).stream().distinct().toList()) {
            repository.find(database, system).ifPresent(lineages::add);
        }
        return lineages;
    }

    private void read(LineageRepository lineage, BackupId backup, Function<BackupId, VerificationReport> verifier)
            throws InterruptedException {
        step("reading " + backup);
        VerificationReport report = verifier.apply(backup);
        objects += report.objects();
        bytes += report.bytes();
        findings += report.findingCount();
        report.findings().forEach(finding -> tell(lineage.lineage().database(), finding, List.of(backup)));
    }

    private void wal(DatabaseId database, Lineage lineage, Share share) throws InterruptedException {
        step("reading wal of " + lineage.system());
        WalVerifier.Result wal = new WalVerifier(lineage, share).verify(() -> !attempt.isOver());
        objects += wal.objects();
        bytes += wal.bytes();
        findings += wal.count();
        wal.findings().forEach(finding -> tell(database, finding, List.of()));
        step("read wal of " + lineage.system());
    }

    private void suspects(DatabaseId database, TamperScan.Result result) {
        findings += result.count();
        result.suspects().forEach(suspect -> tell(database, suspect.finding(), suspect.backups()));
    }

    private void step(String phase) throws InterruptedException {
        if (attempt.isOver()) {
            throw new InterruptedException("verification is over");
        }
        attempt.progress(phase, bytes, null, null);
    }

    /// Throws what was found first, when anything was.
    Facts.Verified result() {
        Finding finding = first;
        if (finding != null) {
            throw new CorruptDataException(
                    finding.type().code(),
                    findings + " findings in " + objects + " objects, the first: object '" + finding.key() + "', "
                            + finding.what(),
                    finding.type().remedy());
        }
        return new Facts.Verified(objects, bytes, 0, null);
    }

    private void tell(DatabaseId database, Finding finding, List<BackupId> backups) {
        if (first == null) {
            first = finding;
        }
        String findingId = "verify/" + finding.key() + "/" + finding.type();
        String about = findingId
                + Optional.of(backups)
                        .filter(named -> named.size() == 1)
                        .map(named -> " " + named.getFirst())
                        .orElse("");
        announcements.tell(new RepositoryFinding(
                EventIds.header("repository-finding", database, about, clock.instant()),
                findingId,
                finding.type().severity(),
                new Problem(
                        finding.type().code(),
                        "object '" + finding.key() + "': " + finding.what(),
                        finding.type().remedy()),
                finding.key().value(),
                backups));
    }
}
