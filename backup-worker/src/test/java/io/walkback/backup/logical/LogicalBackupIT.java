package io.walkback.backup.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.walkback.backup.Cluster;
import io.walkback.backup.base.BaseBackupHandler;
import io.walkback.backup.server.Clusters;
import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Resource;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.TestAttempts;
import io.walkback.postgres.client.ClientCommand;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.verify.VerificationReport;
import io.walkback.testkit.JudgedByPostgresTools;
import io.walkback.testkit.PostgresTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/// Dumps of one real server by the real `pg_dump` of PostgreSQL 15.
@JudgedByPostgresTools
class LogicalBackupIT {
    private static final BackupId FIRST = new BackupId("l1");
    private static final BackupId SECOND = new BackupId("l2");
    /// A space, quotes of both kinds, what is not ASCII, and what libpq takes for a connection string.
    private static final String ODD = "dbname=x it's \"ü\" \\";
    private static final String BIG = "big";

    @TempDir
    static Path servers;

    private static Cluster cluster;

    @TempDir
    Path directory;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Dumping dumping;

    @BeforeAll
    static void start() throws IOException {
        cluster = Cluster.start(15, servers, config -> config);
        cluster.execute(
                "CREATE DATABASE \"" + ODD.replace("\"", "\"\"") + "\"",
                "CREATE DATABASE " + BIG,
                "CREATE TABLE orders AS SELECT g AS id, md5(g::text) AS t FROM generate_series(1, 1000) g",
                "CREATE VIEW totals AS SELECT count(*) FROM orders",
                "CREATE TABLE \"two words; -- and 'more'\" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)",
                "CREATE EXTENSION amcheck");
        try (LogicalReader.Session odd = LogicalReader.session(cluster, ODD)) {
            odd.execute(
                    "CREATE TABLE \"Größe\" AS SELECT g AS id FROM generate_series(1, 77) g",
                    "SELECT lo_from_bytea(4242, decode(repeat('00ff10', 5000), 'hex'))");
        }
        try (LogicalReader.Session big = LogicalReader.session(cluster, BIG)) {
            big.execute("CREATE UNLOGGED TABLE noise AS SELECT g AS id, repeat(md5(g::text) || md5((-g)::text), 5) AS t"
                    + " FROM generate_series(1, 200000) g");
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void open() {
        dumping = new Dumping(directory);
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void close() {
        root().detachAppender(log);
        dumping.close();
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Test // pitfall 37
    void everyDbnameIsReadBackAndRestoredWithItsObjectsByPostgresOwnPrograms() throws Exception {
        // When
        Facts.Dumped facts = dumping.dump(cluster.superuser(), FIRST, "postgres", ODD);
        // Then
        BackupSummary summary = dumping.store.lineage().findBackup(FIRST).orElseThrow();
        BackupFacts.Dump dump = summary.facts().dump().orElseThrow();
        assertThat(dump.program()).startsWith("pg_dump (PostgreSQL) ");
        assertThat(dump.dbnames())
                .extracting(BackupFacts.DumpedDbname::name)
                .containsExactlyInAnyOrder("postgres", ODD);
        assertThat(dump.dbnames()).allSatisfy(dbname -> assertThat(dbname.snapshotAt())
                .isBetween(facts.startedAt().minusSeconds(5), facts.copiedAt().plusSeconds(5)));
        assertThat(facts.manifestDigest()).isEqualTo(dumping.digest(FIRST));
        assertThat(facts.stop()).isGreaterThanOrEqualTo(facts.start());
        assertThat(facts.storedBytes()).isPositive();
        assertThat(dumping.store
                        .lineage()
                        .verifier()
                        .verify(FIRST, VerificationReport.Depth.FULL)
                        .findings())
                .isEmpty();
        // And the judge reads what comes back
        Path files = LogicalReader.files(dumping.store.lineage(), FIRST, directory.resolve("back"));
        assertThat(Files.readString(files.resolve("globals.sql")))
                .contains("CREATE ROLE walkback", "PASSWORD 'SCRAM-SHA-256$");
        for (BackupFacts.DumpedDbname dbname : dump.dbnames()) {
            assertThat(LogicalReader.list(files.resolve(dbname.archive().value())))
                    .contains(dbname.name().equals(ODD) ? "TABLE DATA public Größe" : "TABLE DATA public orders");
        }
        // And restored into new dbnames they have the same objects and rows
        for (BackupFacts.DumpedDbname dbname : dump.dbnames()) {
            String copy = "copy of " + dbname.oid();
            LogicalReader.restore(cluster, files.resolve(dbname.archive().value()), copy);
            try (LogicalReader.Session was = LogicalReader.session(cluster, dbname.name());
                    LogicalReader.Session is = LogicalReader.session(cluster, copy)) {
                assertThat(is.objects()).isEqualTo(was.objects()).isNotEmpty();
            }
        }
        try (LogicalReader.Session was = LogicalReader.session(cluster, ODD);
                LogicalReader.Session is = LogicalReader.session(cluster, "copy of " + oid(dump, ODD))) {
            String large = "SELECT md5(lo_get(4242)) || count(*) FROM \"Größe\"";
            assertThat(is.query(large)).isEqualTo(was.query(large));
        }
    }

    private static String oid(BackupFacts.Dump dump, String name) {
        return dump.dbnames().stream()
                .filter(dbname -> dbname.name().equals(name))
                .map(dbname -> Integer.toString(dbname.oid()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void withoutNamesEverythingIsDumpedButTemplatesAlsoThroughAConnectionToAnOddName() throws Exception {
        // Given
        DatabaseRegistration odd = Dumping.at(cluster.superuser(), cluster.server.port(), ODD);
        // When
        dumping.dump(odd, FIRST);
        // Then
        assertThat(dumping.store
                        .lineage()
                        .findBackup(FIRST)
                        .orElseThrow()
                        .facts()
                        .dump()
                        .orElseThrow()
                        .dbnames())
                .extracting(BackupFacts.DumpedDbname::name)
                .contains("postgres", ODD, BIG)
                .doesNotContain("template0", "template1");
    }

    @Test
    void aSecondDumpOfWhatDidNotChangeStoresAlmostNothing() throws Exception {
        // Given
        Facts.Dumped first = dumping.dump(cluster.superuser(), FIRST, BIG);
        // When
        Facts.Dumped second =
                Dumping.facts(dumping.handler(cluster.superuser()).run(Dumping.attempt(SECOND, List.of(BIG), FIRST)));
        // Then
        assertThat(second.sizeBytes()).isEqualTo(first.sizeBytes());
        assertThat(second.storedBytes()).isLessThan(first.storedBytes() / 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"killed", "its session is ended"}) // P2
    void aDumpThatIsCutOffFailsAndLeavesNothing(String how) throws Exception {
        // Given
        Dumping.Running running = dumping.inTheMidst(cluster.superuser(), FIRST, BIG);
        // When
        if (how.equals("killed")) {
            Dumping.dumps().forEach(ProcessHandle::destroyForcibly);
        } else {
            cluster.query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    + " WHERE application_name = 'walkback_dump'");
        }
        // Then
        assertThatThrownBy(() -> running.result().get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(RetryableException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FailureCode.PROCESS_FAILED);
                    assertThat(fault.text())
                            .startsWith(
                                    how.equals("killed") ? "pg_dump was ended by signal 9" : "pg_dump ended with 1: ");
                });
        dumping.assertNothingIsThere();
        // And the next attempt does it
        assertThat(dumping.dump(cluster.superuser(), FIRST, "postgres").backup())
                .isEqualTo(FIRST);
    }

    @Test // P11
    void anInterruptEndsItAtOnceAndThePasswordIsInNoArgumentAndNoLog() throws Exception {
        // Given
        Dumping.Running running = dumping.inTheMidst(cluster.superuser(), FIRST, BIG);
        String arguments = Files.readString(
                Path.of("/proc/" + Dumping.dumps().getFirst().pid() + "/cmdline"), StandardCharsets.UTF_8);
        // When
        long asked = System.nanoTime();
        TestAttempts.end(running.attempt());
        running.thread().interrupt();
        // Then
        assertThatThrownBy(() -> running.result().get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(3));
        dumping.assertNothingIsThere();
        await().atMost(Cluster.PATIENCE).until(() -> cluster.query(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'walkback%'"
                                + " AND backend_type = 'client backend'")
                .equals("0"));
        // And
        assertThat(arguments).contains("--format=custom", "--compress=0").doesNotContain("battery");
        assertThat(log.list)
                .noneMatch(event -> (event.getFormattedMessage() + event.getKeyValuePairs()).contains("battery"));
    }

    @Test
    void aRoleThatMayNotReadATableFailsWithWhatItNeedsAndAMereReaderDumpsWithoutPasswords() throws Exception {
        DatabaseRegistration plain = cluster.registration();
        assertThatThrownBy(() -> dumping.dump(plain, FIRST, "postgres"))
                .isInstanceOfSatisfying(RetryableException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FailureCode.PROCESS_FAILED);
                    assertThat(fault.text()).contains("permission denied");
                    assertThat(fault.hint()).contains("pg_read_all_data");
                });
        cluster.execute("GRANT pg_read_all_data TO walkback");
        try {
            dumping.dump(plain, FIRST, "postgres");
        } finally {
            cluster.execute("REVOKE pg_read_all_data FROM walkback");
        }
        Path files = LogicalReader.files(dumping.store.lineage(), FIRST, directory.resolve("back"));
        assertThat(Files.readString(files.resolve("globals.sql")))
                .contains("CREATE ROLE walkback")
                .doesNotContain("SCRAM-SHA-256");
        assertThat(dumping.store
                        .lineage()
                        .findBackup(FIRST)
                        .orElseThrow()
                        .facts()
                        .dump()
                        .orElseThrow()
                        .rolePasswords())
                .isFalse();
    }

    @Test
    void whatStandsInTheWayIsNamedWithCodeAndHint() throws Exception {
        // Given
        DatabaseRegistration good = cluster.superuser();
        DatabaseRegistration away = Dumping.at(good, 1, "postgres");
        DatabaseRegistration other = new DatabaseRegistration(
                good.id(), good.connection(), new SystemIdentifier(42), good.policy(), Map.of());
        // Then
        assertRefused(dumping.handler(away), FailureCode.POSTGRES_UNREACHABLE, "127.0.0.1:1", RetryableException.class);
        assertRefused(
                dumping.handler(other), FailureCode.SYSTEM_IDENTIFIER_MISMATCH, " 42", OperatorActionException.class);
        assertRefused(
                dumping.handler(cluster.registration("postgres", "wrong")),
                FailureCode.POSTGRES_AUTHENTICATION,
                "postgres",
                OperatorActionException.class);
        assertRefused(
                dumping.handler(good, Files.createDirectory(directory.resolve("no programs"))),
                FailureCode.CLIENT_PROGRAMS,
                "is PostgreSQL 15, and there is no pg_dump here",
                OperatorActionException.class);
        assertThatThrownBy(() -> dumping.dump(good, FIRST, "postgres", "nowhere"))
                .isInstanceOfSatisfying(OperatorActionException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FailureCode.REQUEST_INVALID);
                    assertThat(fault.text()).contains("has no dbname [nowhere]", BIG);
                });
        assertThat(dumping.store.repository.systems(Cluster.SHOP)).isEmpty();
    }

    private static void assertRefused(
            LogicalBackupHandler handler, FailureCode code, String words, Class<? extends PlatformException> type) {
        assertThatThrownBy(() -> handler.run(Dumping.attempt(FIRST, List.of())))
                .isInstanceOf(type)
                .isInstanceOfSatisfying(PlatformException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(code);
                    assertThat(fault.text()).contains(words);
                    assertThat(fault.hint()).endsWith(".");
                });
    }

    @Test // P8
    void aDumpThatIsCommittedIsAdoptedAndIsNoBaseForPages() throws Exception {
        // Given
        DatabaseRegistration registration = cluster.superuser();
        Facts.Dumped first = dumping.dump(registration, FIRST, "postgres");
        LogicalBackupHandler logical = dumping.handler(registration);
        BaseBackupHandler physical = new BaseBackupHandler(
                Cluster.only(registration),
                Cluster.access(),
                new Clusters(dumping.store.repository),
                _ -> {},
                Clock.systemUTC(),
                directory.resolve("work"),
                2,
                2);
        Attempt dump = Dumping.attempt(SECOND, List.of());
        Attempt base = TestAttempts.claimed(Cluster.SHOP, "b1", new Command.TakeBackup(new BackupId("b1")));
        // When
        Facts.Dumped again = dumping.dump(registration, FIRST, "postgres");
        await().atMost(Cluster.PATIENCE)
                .until(() -> logical.canDo(dump.operation()) && physical.canDo(base.operation()));
        // Then
        assertThat(again).isEqualTo(first);
        assertThat(logical.needs(dump.operation()))
                .isEqualTo(new AttemptHandler.Needs(Set.of(Resource.dump(Cluster.SHOP)), Set.of(FIRST)));
        assertThat(physical.needs(base.operation()).pins()).isEmpty();
    }

    @Test // pitfall 37
    void anArchiveThatLacksARelationIsNoBackup() throws Exception {
        // Given an archive, and a catalog that had one relation more
        dumping.dump(cluster.superuser(), FIRST, "postgres");
        BackupFacts.DumpedDbname dbname = dumping.store
                .lineage()
                .findBackup(FIRST)
                .orElseThrow()
                .facts()
                .dump()
                .orElseThrow()
                .dbnames()
                .getFirst();
        byte[] archive =
                Files.readAllBytes(LogicalReader.files(dumping.store.lineage(), FIRST, directory.resolve("back"))
                        .resolve(dbname.archive().value()));
        ClientCommand list = new ClientCommand(
                List.of(
                        PostgresTools.require("pg_dump")
                                .resolveSibling("pg_restore")
                                .toString(),
                        "--list"),
                Map.of(),
                "");
        DumpSnapshot.Relations some = new DumpSnapshot.Relations();
        some.add(Long.parseLong(cluster.query("SELECT 'orders'::regclass::oid")));
        DumpSnapshot.Relations more = new DumpSnapshot.Relations();
        more.add(1);
        more.add(some.at(0));
        // Then
        try (ArchiveContents contents = new ArchiveContents(list, some)) {
            contents.take(archive, 0, archive.length);
            contents.requireAll("postgres");
        }
        try (ArchiveContents contents = new ArchiveContents(list, more)) {
            contents.take(archive, 0, archive.length);
            assertThatThrownBy(() -> contents.requireAll("postgres"))
                    .isInstanceOfSatisfying(OperatorActionException.class, fault -> assertThat(fault.code())
                            .isEqualTo(FailureCode.DUMP_INCOMPLETE))
                    .hasMessageContaining("lacks 1 of 2 relations, the first has oid 1");
        }
        try (ArchiveContents contents = new ArchiveContents(list, some)) {
            contents.take("no archive".getBytes(StandardCharsets.US_ASCII), 0, 10);
            assertThatThrownBy(() -> contents.requireAll("postgres"))
                    .isInstanceOfSatisfying(RetryableException.class, fault -> assertThat(fault.code())
                            .isEqualTo(FailureCode.PROCESS_FAILED));
        }
    }
}
