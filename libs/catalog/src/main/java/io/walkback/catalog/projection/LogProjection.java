package io.walkback.catalog.projection;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.ProofState;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationFold.Change;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.Verifications;
import io.walkback.domain.operation.Verifications.AllRead;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// From a change of the fold to what is told about it. Stateless and thread-safe.
public final class LogProjection {
    private LogProjection() {}

    /// @param fold    the fold that made `change`, read for the backups that a verification was about
    /// @param catalog what the catalog holds of a database, read for those among them that the fold has forgotten
    public static Projected project(
            Change change, OperationFold fold, Function<DatabaseId, Stream<BackupCatalogEntry>> catalog) {
        return new Projected(change.after(), backups(change, fold, catalog), FactsOf.change(change, fold));
    }

    private static List<BackupCatalogEntry> backups(
            Change change, OperationFold fold, Function<DatabaseId, Stream<BackupCatalogEntry>> catalog) {
        List<BackupCatalogEntry> entries = new ArrayList<>();
        // What was rejected before it was understood never was a backup; the operation tells the story.
        if (CatalogEntries.isBackup(change.after())) {
            BackupId backup = new BackupId(change.after().id().value());
            Optional<BackupCatalogEntry> known = known(backup, change.after().database(), catalog);
            if (change.record() instanceof OperationRecord.Found found) {
                found(found, known, change).ifPresent(entries::add);
            } else {
                entries.add(CatalogEntries.of(change, copies(known)));
            }
        }
        if (change.record() instanceof OperationRecord.Expiring mark) {
            expiring(mark.backup(), BackupStatus.EXPIRING, change, catalog).ifPresent(entries::add);
        }
        if (change.record() instanceof OperationRecord.Expired gone) {
            expiring(gone.backup(), BackupStatus.EXPIRED, change, catalog).ifPresent(entries::add);
        }
        if (change.after().state() instanceof OperationState.Completed done
                && done.facts() instanceof Facts.Verified verified
                && verified.findings() == 0
                && change.after().command() instanceof Command.Verify verify) {
            readBack(verify, change, fold, catalog).forEach(entries::add);
        }
        if (change.after().command() instanceof Command.Rehearse
                && change.after().state() instanceof OperationState.Completed done
                && done.facts() instanceof Facts.Rehearsed rehearsed) {
            rehearsed(rehearsed.backup(), change, fold, catalog).ifPresent(entries::add);
        }
        return entries;
    }

    /// A catalog that has an entry knows more of the backup than its manifest does; only not that there is another
    /// copy.
    private static Optional<BackupCatalogEntry> found(
            OperationRecord.Found found, Optional<BackupCatalogEntry> known, Change change) {
        return known.isEmpty()
                ? Optional.of(CatalogEntries.of(change, found.copies()))
                : known.filter(entry -> entry.copies() < found.copies())
                        .map(entry -> CatalogEntries.copied(entry, change, found.copies()));
    }

    private static int copies(Optional<BackupCatalogEntry> known) {
        return known.map(BackupCatalogEntry::copies).orElse(1);
    }

    private static Optional<BackupCatalogEntry> known(
            BackupId backup, DatabaseId database, Function<DatabaseId, Stream<BackupCatalogEntry>> catalog) {
        return catalog.apply(database)
                .filter(entry -> entry.backupId().equals(backup))
                .findFirst();
    }

    private static Optional<BackupCatalogEntry> expiring(
            BackupId backup,
            BackupStatus status,
            Change change,
            Function<DatabaseId, Stream<BackupCatalogEntry>> catalog) {
        return known(backup, change.after().database(), catalog)
                .map(entry -> CatalogEntries.expiring(entry, status, change));
    }

    /// The backups of which all was read by now, with when that was: the whole of it now, or the oldest of the
    /// parts.
    private static Stream<BackupCatalogEntry> readBack(
            Command.Verify verify,
            Change change,
            OperationFold fold,
            Function<DatabaseId, Stream<BackupCatalogEntry>> catalog) {
        DatabaseId database = change.after().database();
        AllRead read = verify.rotation() == null
                ? new AllRead(Instant.MAX, change.record().at())
                : Verifications.allRead(fold.of(database), verify.rotation().of())
                        .orElse(null);
        if (read == null) {
            return Stream.empty();
        }
        Stream<BackupCatalogEntry> known = completed(verify, database, fold)
                .filter(backup -> backup.overSince()
                        .filter(over -> !over.isAfter(read.opened()))
                        .isPresent())
                .map(backup -> verified(backup, change, fold, catalog, read.since()));
        Stream<BackupCatalogEntry> forgotten = catalog.apply(database)
                .filter(entry -> entry.status() == BackupStatus.COMPLETED
                        && (verify.backup() == null || verify.backup().equals(entry.backupId()))
                        && fold.find(new OperationId(entry.backupId().value())).isEmpty())
                .map(entry -> CatalogEntries.verified(
                        entry, change, proof(entry.backupId(), fold, database, Optional.of(entry)), read.since()));
        return Stream.concat(known, forgotten);
    }

    private static BackupCatalogEntry verified(
            Operation operation,
            Change change,
            OperationFold fold,
            Function<DatabaseId, Stream<BackupCatalogEntry>> catalog,
            Instant at) {
        BackupId backup = new BackupId(operation.id().value());
        Optional<BackupCatalogEntry> known = known(backup, operation.database(), catalog);
        return CatalogEntries.verified(
                operation, change, proof(backup, fold, operation.database(), known), at, copies(known));
    }

    /// The backup with what its rehearsals come to by now. Empty where it is no more.
    private static Optional<BackupCatalogEntry> rehearsed(
            BackupId backup,
            Change change,
            OperationFold fold,
            Function<DatabaseId, Stream<BackupCatalogEntry>> catalog) {
        DatabaseId database = change.after().database();
        if (fold.marker(database, backup).isPresent()) {
            return Optional.empty();
        }
        Optional<BackupCatalogEntry> known =
                known(backup, database, catalog).filter(entry -> entry.status() == BackupStatus.COMPLETED);
        ProofState proof = proof(backup, fold, database, known);
        return known.map(entry -> CatalogEntries.rehearsed(entry, change, proof))
                .or(() -> fold.find(new OperationId(backup.value()))
                        .filter(operation -> isCompletedBackup(operation, database))
                        .map(operation -> CatalogEntries.verified(operation, change, proof, null, 1)));
    }

    private static @Nullable ProofState proof(
            BackupId backup, OperationFold fold, DatabaseId database, Optional<BackupCatalogEntry> known) {
        return Proofs.of(
                backup, fold.of(database), known.map(BackupCatalogEntry::proof).orElse(null));
    }

    private static boolean isCompletedBackup(Operation operation, DatabaseId database) {
        return operation.kind() == OperationKind.BACKUP
                && operation.database().equals(database)
                && operation.state() instanceof OperationState.Completed;
    }

    private static Stream<Operation> completed(Command.Verify verify, DatabaseId database, OperationFold fold) {
        BackupId one = verify.backup();
        Stream<Operation> candidates =
                one == null ? fold.of(database).stream() : fold.find(new OperationId(one.value())).stream();
        return candidates.filter(operation -> isCompletedBackup(operation, database)
                // What was marked meanwhile does not come back.
                && fold.marker(database, new BackupId(operation.id().value())).isEmpty());
    }
}
