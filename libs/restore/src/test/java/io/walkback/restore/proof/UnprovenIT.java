package io.walkback.restore.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.walkback.domain.operation.Assertion;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Verdict;
import io.walkback.embedded.Confinement;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.SourceCluster;
import io.walkback.testkit.JudgedByPostgresTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What keeps a rehearsal from judging is said, and is neither a pass nor a fault of the data.
@JudgedByPostgresTools("pg_checksums")
class UnprovenIT {
    @Test // P9, pitfall 52
    void anotherCollationLibraryThanTheSourcesLeavesItUnproven() throws Exception {
        try (RehearsalSource source =
                new RehearsalSource(new SourceCluster(15, List.of("max_prepared_transactions=4")))) {
            // Given an index whose order this host cannot judge
            source.cluster.sql(
                    "CREATE TABLE words (word text COLLATE \"en-x-icu\" PRIMARY KEY)",
                    "INSERT INTO words SELECT 'w' || g FROM generate_series(1, 100) g");
            source.cluster.backup("b1");
            source.cluster.sql("UPDATE pg_collation SET collversion = '0.1' WHERE collname = 'en-x-icu'");
            source.cluster.backup("b2");
            source.cluster.archive();
            // When
            Facts.Rehearsed same = source.rehearse("b1", new RecoveryTarget.Immediate());
            Facts.Rehearsed other = source.rehearse("b2", new RecoveryTarget.Immediate());
            Facts.Rehearsed worse = source.rehearse(
                    "b2", new RecoveryTarget.Immediate(), new Assertion("empty", "postgres", "SELECT false"));
            // Then
            assertThat(same.verdict()).as(same.reason()).isEqualTo(Verdict.PROVEN);
            assertThat(other.verdict()).isEqualTo(Verdict.UNPROVEN);
            assertThat(other.reason()).startsWith("collation: postgres: ").contains("was made with version 0.1");
            assertThat(other.notCovered()).anyMatch(line -> line.contains("(btree)"));
            // and what is wrong for certain outranks it
            assertThat(worse.verdict()).isEqualTo(Verdict.FAILED);
        }
    }

    @Test // P9, pitfall 52
    void aClusterOfALanguageIsProvenWithEveryDbnameInIt() throws Exception {
        try (RehearsalSource source = new RehearsalSource(new SourceCluster(
                15,
                List.of(
                        "--locale-provider=icu",
                        "--icu-locale=en",
                        "zero_damaged_pages=on",
                        "ignore_invalid_pages=on",
                        "default_transaction_read_only=on")))) {
            // Given the order of a library in every dbname but template0, which has no version, one dbname that nobody
            // may connect to, and one that is half dropped
            source.cluster.sql(
                    "SET default_transaction_read_only = off",
                    "CREATE TABLE words (word text PRIMARY KEY)",
                    "INSERT INTO words SELECT 'w' || g FROM generate_series(1, 100) g");
            source.cluster.backup("b1");
            source.cluster.archive();
            // When
            Facts.Rehearsed facts = source.rehearse("b1", new RecoveryTarget.Immediate());
            // Then
            assertThat(facts.verdict()).as(facts.reason()).isEqualTo(Verdict.PROVEN);
            assertThat(facts.notCovered()).noneMatch(line -> line.contains("(btree)"));
        }
    }

    @Test // P9
    void aDbnameThatTakesNoConnectionsIsCheckedAndOneThatIsHalfDroppedIsListed() throws Exception {
        try (RehearsalSource source = new RehearsalSource(new SourceCluster(15))) {
            // Given
            source.cluster.sql(
                    "CREATE DATABASE closed ALLOW_CONNECTIONS false",
                    "CREATE DATABASE dropped",
                    "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'dropped'");
            source.cluster.backup("b1");
            source.cluster.archive();
            // When
            Facts.Rehearsed facts = source.rehearse(
                    "b1",
                    new RecoveryTarget.Immediate(),
                    new Assertion("it can be asked", "closed", "SELECT current_database() = 'closed'"));
            // Then
            assertThat(facts.verdict()).as(facts.reason()).isEqualTo(Verdict.PROVEN);
            assertThat(facts.notCovered())
                    .anyMatch(line -> line.startsWith("dbname 'dropped'"))
                    .noneMatch(line -> line.contains("closed"));
        }
    }

    @Test // P7, pitfall 48
    void walThatMakesATablespaceWritesNothingIntoItsDirectoryOnThisHost() throws Exception {
        assumeTrue(Confinement.ofFiles(), "nobody but root can keep a server from files");
        try (RehearsalSource source = new RehearsalSource(new SourceCluster(15))) {
            // Given a tablespace that is younger than the backup, on the very host of the rehearsal
            source.cluster.backup("b1");
            Path tablespace = Files.createDirectory(source.cluster.path("fast"));
            ServerAccount.forThisProcess().ifPresent(user -> user.own(tablespace));
            source.cluster.sql(
                    "CREATE TABLESPACE fast LOCATION '" + tablespace + "'",
                    "CREATE TABLE t TABLESPACE fast AS SELECT g FROM generate_series(1, 1000) g",
                    "CHECKPOINT");
            source.cluster.archive();
            source.cluster.server.stop();
            Map<Path, FileTime> before = times(tablespace);
            // When
            Facts.Rehearsed facts = source.rehearse("b1", new RecoveryTarget.Latest());
            // Then
            assertThat(facts.verdict()).as(facts.reason()).isEqualTo(Verdict.UNPROVEN);
            assertThat(facts.reason()).contains("makes a tablespace at a path of the source");
            assertThat(times(tablespace)).isEqualTo(before);
        }
    }

    private static Map<Path, FileTime> times(Path tree) throws IOException {
        Map<Path, FileTime> times = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.toList()) {
                times.put(path, Files.getLastModifiedTime(path));
            }
        }
        return times;
    }

    @Test // P9
    void aClusterWithoutPageChecksumsIsProvenWithoutThemAndItIsSaid() throws Exception {
        try (RehearsalSource source = new RehearsalSource(new SourceCluster(15))) {
            // Given
            source.withoutChecksums();
            source.cluster.sql("CREATE TABLE t AS SELECT g FROM generate_series(1, 100) g");
            source.cluster.backup("b1");
            source.cluster.archive();
            // When
            Facts.Rehearsed facts = source.rehearse("b1", new RecoveryTarget.Latest());
            // Then
            assertThat(facts.verdict()).as(facts.reason()).isEqualTo(Verdict.PROVEN);
            assertThat(facts.notCovered()).contains("page checksums: this cluster was made without them");
            assertThat(facts.rpoMs()).isNull();
        }
    }
}
