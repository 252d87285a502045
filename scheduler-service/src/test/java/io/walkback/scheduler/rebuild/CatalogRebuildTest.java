package io.walkback.scheduler.rebuild;

import static io.walkback.scheduler.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.AuditEntry;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.WorkerId;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.rebuild.RebuildPage.Outcome;
import io.walkback.scheduler.rebuild.RebuildPage.Row;
import io.walkback.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogRebuildTest {
    @TempDir
    Path directory;

    private Installation it;

    @BeforeEach
    void open() {
        it = new Installation(directory);
    }

    @AfterEach
    void close() {
        it.close();
    }

    private Facts.BackedUp commit(String database, long system, String id) {
        LineageRepository lineage = it.lineage(database, system);
        BackupFacts.WalSpan wal = new BackupFacts.WalSpan(
                TimelineId.FIRST, new Lsn(0x100000), TimelineId.FIRST, new Lsn(0x1000C8), Optional.empty());
        Instant at = Installation.T0.minusSeconds(3600);
        return it.commit(lineage, id, Installation.facts(wal, at, 150_019, 0));
    }

    private Path only(String under, String name) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("repository").resolve(under))) {
            return files.filter(
                            file -> Files.isRegularFile(file) && file.toString().contains(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private BackupStatus status(String key) {
        return it.filled.state.backups().find(key).orElseThrow().status();
    }

    private static void damage(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        assertThat(file.toFile().setWritable(true)).isTrue();
        Files.write(file, bytes);
    }

    @Test // P4
    void aLogicalBackupComesBackAsOneAndAwaitsNoWal() {
        // Given
        BackupFacts.WalSpan log = new BackupFacts.WalSpan(
                TimelineId.FIRST, new Lsn(0x900000), TimelineId.FIRST, new Lsn(0x900100), Optional.empty());
        it.commit(it.lineage("shop", 7), "l1", Installation.dumped(log, Installation.T0));
        // When
        List<Row> rows = it.rebuild(false, 200);
        // Then
        assertThat(rows).extracting(Row::outcome).containsExactly(Outcome.RESTORED);
        BackupCatalogEntry found = it.filled.state.backups().find("shop/l1").orElseThrow();
        assertThat(found.type()).isEqualTo(BackupType.LOGICAL);
        assertThat(found.status()).isEqualTo(BackupStatus.COMPLETED);
        assertThat(it.rebuild(false, 200)).extracting(Row::outcome).containsExactly(Outcome.KNOWN);
    }

    @Test // F20
    void addsWhatIsMissingToALivingCatalogAndChangesNothingElse() {
        // Given two backups in the catalog, and one of them lost by the topic
        it.told(SHOP, commit("shop", 7, "b1"), true, 0);
        it.told(SHOP, commit("shop", 7, "b2"), true, 1);
        Map<String, BackupCatalogEntry> before = it.catalog();
        it.filled.put(Topics.BACKUP_CATALOG.name(), "shop/b2", null, Installation.T0);
        // When
        List<Row> rows = it.rebuild(false, 200);
        // Then the log, which still has its story, tells it again
        assertThat(rows).extracting(Row::outcome).containsExactly(Outcome.KNOWN, Outcome.RESTORED);
        assertThat(it.catalog().get("shop/b1")).isEqualTo(before.get("shop/b1"));
        assertThat(it.catalog().get("shop/b2"))
                .usingRecursiveComparison()
                .ignoringFields("header")
                .isEqualTo(before.get("shop/b2"));
    }

    @Test
    void saysWhatItWouldDoAndWritesNothing() {
        // Given
        commit("shop", 7, "b1");
        // When
        List<Row> rows = it.rebuild(true, 200);
        // Then
        assertThat(rows)
                .containsExactly(new Row(
                        SHOP,
                        new BackupId("b1"),
                        Outcome.RESTORED,
                        "AWAITING_WAL, '000000010000000000000001' is not there"));
        assertThat(it.log).isEmpty();
        assertThat(it.catalog()).isEmpty();
        assertThat(it.sent.messages(AuditEntry.class)).isEmpty();
    }

    @Test // P3
    void namesWhatCannotBeReadAndGoesOn() throws IOException {
        // Given
        commit("bank", 9, "b0");
        commit("shop", 7, "b2");
        Path pack = only("shop/7/packs", "packs");
        commit("shop", 7, "b1");
        commit("shop", 7, "b3");
        damage(only("shop/7/backups/b1", "manifest"));
        Files.delete(pack);
        damage(only("bank/lineages", "00000001"));
        // When
        List<Row> rows = it.rebuild(false, 2);
        // Then the damaged manifest, the backup that lacks a pack, and the database that nothing can be said of
        assertThat(rows).filteredOn(row -> row.outcome() == Outcome.UNREADABLE).hasSize(3);
        assertThat(rows)
                .filteredOn(row -> row.database().value().equals("bank"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.backup()).isNull();
                    assertThat(row.reason()).contains("bank/lineages/00000001");
                });
        assertThat(rows)
                .filteredOn(row -> new BackupId("b1").equals(row.backup()))
                .singleElement()
                .satisfies(row -> assertThat(row.reason()).contains("shop/7/backups/b1/manifest"));
        assertThat(rows).anySatisfy(row -> assertThat(row.reason())
                .contains(directory.resolve("repository").relativize(pack).toString()));
        assertThat(it.catalog()).hasSizeBetween(1, 2);
        assertThat(it.sent.messages(AuditEntry.class)).isNotEmpty();
    }

    @Test
    void takesUpEveryLineageAndTellsWhichDatabasesNobodyCanReach() {
        // Given
        commit("shop", 7, "old");
        commit("shop", 8, "new");
        commit("bank", 9, "b1");
        it.filled.put(Samples.database("bank", "0 0 2 * * *", false), Installation.T0);
        // When
        RebuildPage page = it.page(null, false, 200);
        // Then
        assertThat(page.databases())
                .containsExactly(
                        new RebuildPage.Database(new DatabaseId("bank"), List.of(new SystemIdentifier(9)), true),
                        new RebuildPage.Database(
                                SHOP, List.of(new SystemIdentifier(7), new SystemIdentifier(8)), false));
        assertThat(it.catalog()).containsOnlyKeys("bank/b1", "shop/new", "shop/old");
        assertThat(page.next()).isNull();
    }

    @Test // P5
    void leavesAloneWhatIsBeingMadeAndWhatIsGoing() {
        // Given one whose worker has committed and not said so yet, and one that an expiry has marked
        it.told(SHOP, commit("shop", 7, "old"), true, 0);
        commit("shop", 7, "now");
        OperationId now = new OperationId("now");
        it.write(new OperationRecord.Opened(
                SHOP, now, new Command.TakeBackup(new BackupId("now")), Map.of(), 1, "anne", null, Installation.T0));
        it.claim(SHOP, now, 1);
        OperationId expiry = new OperationId("e1");
        it.write(new OperationRecord.Opened(
                SHOP, expiry, new Command.Expire(), Map.of(), 1, "schedule", null, Installation.T0));
        Epoch epoch = it.write(new OperationRecord.Claimed(
                SHOP, expiry, 1, new WorkerId("me", new UUID(0, 2)), Set.of(), Set.of(), Installation.T0));
        it.write(new OperationRecord.Expiring(SHOP, expiry, epoch, new BackupId("old"), Installation.T0));
        it.filled.put(Topics.BACKUP_CATALOG.name(), "shop/now", null, Installation.T0);
        it.filled.put(Topics.BACKUP_CATALOG.name(), "shop/old", null, Installation.T0);
        int written = it.log.size();
        // When
        List<Row> rows = it.rebuild(false, 200);
        // Then
        assertThat(rows)
                .extracting(Row::outcome, Row::reason)
                .containsExactly(
                        tuple(Outcome.KNOWN, "its operation is not over"),
                        tuple(Outcome.KNOWN, "expiry 'e1' has marked it, it is going"));
        assertThat(it.log).hasSize(written);
    }

    @Test
    void takesANameOnce() {
        // Given the same id in two databases, and in two clusters of one name
        commit("bank", 9, "nightly");
        commit("shop", 7, "nightly");
        commit("shop", 8, "nightly");
        // When
        List<Row> first = it.rebuild(false, 200);
        List<Row> again = it.rebuild(false, 1);
        // Then
        assertThat(first)
                .extracting(Row::outcome)
                .containsExactly(Outcome.RESTORED, Outcome.UNREADABLE, Outcome.UNREADABLE);
        assertThat(again)
                .extracting(Row::outcome)
                .containsExactly(Outcome.KNOWN, Outcome.UNREADABLE, Outcome.UNREADABLE);
        assertThat(it.catalog()).containsOnlyKeys("bank/nightly");
    }

    @Test
    void aFoundBackupIsCompletedWhenItsWalComes() {
        // Given
        Facts.BackedUp facts = commit("shop", 7, "b1");
        it.rebuild(false, 200);
        assertThat(status("shop/b1")).isEqualTo(BackupStatus.AWAITING_WAL);
        Epoch place = new Epoch("log", 0, it.log.size() - 1);
        // When a worker sees the WAL
        it.write(new OperationRecord.Completed(SHOP, new OperationId("b1"), place, facts, Installation.T0));
        // Then
        assertThat(status("shop/b1")).isEqualTo(BackupStatus.COMPLETED);
    }

    @Test
    void refusesAPageThatNoPageGave() {
        assertThatThrownBy(() -> it.page("shop", true, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
