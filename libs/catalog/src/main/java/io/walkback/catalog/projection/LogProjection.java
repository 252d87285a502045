package io.walkback.catalog.projection;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationFold.Change;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// From a change of the fold to what is told about it. Stateless and thread-safe.
public final class LogProjection {
    private LogProjection() {}

    /// @param fold    the fold that made `change`, read for the backups that a verification was about
    /// @param catalog what the catalog holds of a database, read for those among them that the fold has forgotten
    public static Projected project(
            Change change, OperationFold fold, Function<DatabaseId, Stream<BackupCatalogEntry>> catalog) {
        return new Projected(change.after(), backups(change, fold, catalog), FactsOf.change(change));
    }

    private static List<BackupCatalogEntry> backups(
            Change change, OperationFold fold, Function<DatabaseId, Stream<BackupCatalogEntry>> catalog) {
        List<BackupCatalogEntry> entries = new ArrayList<>();
        // What was rejected before it was understood never was a backup; the operation tells the story.
        if (CatalogEntries.isBackup(change.after())
                && !(change.record() instanceof OperationRecord.Found && isKnown(change, catalog))) {
            entries.add(CatalogEntries.of(change));
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
            readBack(verify, change, fold)
                    .map(backup -> CatalogEntries.verified(backup, change))
                    .forEach(entries::add);
            catalog.apply(change.after().database())
                    .filter(entry -> entry.status() == BackupStatus.COMPLETED
                            && (verify.backup() == null || verify.backup().equals(entry.backupId()))
                            && fold.find(new OperationId(entry.backupId().value()))
                                    .isEmpty())
                    .map(entry -> CatalogEntries.verified(entry, change))
                    .forEach(entries::add);
        }
        return entries;
    }

    /// A catalog that has an entry knows more of the backup than its manifest does.
    private static boolean isKnown(Change change, Function<DatabaseId, Stream<BackupCatalogEntry>> catalog) {
        BackupId backup = new BackupId(change.after().id().value());
        return catalog.apply(change.after().database())
                .anyMatch(entry -> entry.backupId().equals(backup));
    }

    private static Optional<BackupCatalogEntry> expiring(
            BackupId backup,
            BackupStatus status,
            Change change,
            Function<DatabaseId, Stream<BackupCatalogEntry>> catalog) {
        return catalog.apply(change.after().database())
                .filter(entry -> entry.backupId().equals(backup))
                .findFirst()
                .map(entry -> CatalogEntries.expiring(entry, status, change));
    }

    private static Stream<Operation> readBack(Command.Verify verify, Change change, OperationFold fold) {
        BackupId one = verify.backup();
        Stream<Operation> candidates = one == null
                ? fold.of(change.after().database()).stream()
                : fold.find(new OperationId(one.value())).stream();
        return candidates.filter(operation -> operation.kind() == OperationKind.BACKUP
                && operation.database().equals(change.after().database())
                && operation.state() instanceof OperationState.Completed
                // What was marked meanwhile does not come back.
                && fold.marker(operation.database(), new BackupId(operation.id().value()))
                        .isEmpty());
    }
}
