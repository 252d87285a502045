package io.walkback.restore.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.postgres.client.ClientLogin;
import io.walkback.postgres.client.InstalledPrograms;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.restore.dump.DumpedServer;
import io.walkback.testkit.JudgedByPostgresTools;
import io.walkback.testkit.PostgresTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two dbnames of one real server stand for the scratch cluster and the live one.
@JudgedByPostgresTools("pg_dump")
class ExtractIT {
    private static final String COPY = "the \"copy\"; it's ü=1";
    private static final String LIVE = "live";
    private static final TableName ORDERS = new TableName("two words", "Größe; it's \"x\"");
    private static final String TABLE = ORDERS.quoted();
    private static final Instant NOW = Instant.parse("2026-11-22T03:15:00Z");
    private static final PostgresConnector CONNECTOR = new PostgresConnector(Duration.ofSeconds(10));

    @TempDir
    private static Path folder;

    private static DumpedServer server;

    @BeforeAll
    static void start() throws SQLException {
        server = new DumpedServer(folder);
        server.sql(
                "postgres",
                "CREATE DATABASE \"" + COPY.replace("\"", "\"\"")
                        + "\" TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE" + " 'C.UTF-8'",
                "CREATE DATABASE " + LIVE);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void sameTables() throws SQLException {
        // Whatever a dbname is set to, values are compared as the same text.
        server.sql(
                "postgres",
                "ALTER DATABASE " + LIVE + " SET datestyle TO 'German'",
                "ALTER DATABASE " + LIVE + " SET timezone TO 'Asia/Tokyo'",
                "ALTER DATABASE " + LIVE + " SET extra_float_digits TO -5");
        for (String dbname : List.of(COPY, LIVE)) {
            server.sql(
                    dbname,
                    "DROP SCHEMA IF EXISTS \"two words\" CASCADE",
                    "CREATE SCHEMA \"two words\"",
                    "CREATE TYPE \"two words\".mood AS ENUM ('ok', 'it''s')",
                    "CREATE TABLE " + TABLE + " (region text, id int, price float8, at timestamptz, b bytea, m \"two"
                            + " words\".mood, total float8 GENERATED ALWAYS AS (price * 2) STORED, note text,"
                            + " PRIMARY KEY (id, region))",
                    "INSERT INTO " + TABLE + " SELECT CASE WHEN g % 2 = 0 THEN 'ä\\\"' ELSE 'Z' END, g, g / 3.0,"
                            + " timestamptz '2026-01-01' + g * interval '1 second', int4send(g), 'it''s'"
                            + " FROM generate_series(1, 5000) g");
        }
    }

    private static RestoredServer restored() {
        return new RestoredServer(
                15,
                new ClientLogin(server.target("postgres")),
                dbname -> CONNECTOR.connect(server.target(dbname), "test", Duration.ofMinutes(1)));
    }

    private static TableIntoServer open(TableName table) {
        return TableIntoServer.open(restored(), COPY, table, CONNECTOR, server.target(LIVE));
    }

    private static void assertRefused(ThrowingCallable call, FailureCode code, String words) {
        assertThatThrownBy(call).isInstanceOfSatisfying(PlatformException.class, fault -> {
            assertThat(fault.code()).as(fault.text()).isEqualTo(code);
            assertThat(fault.text()).contains(words);
        });
    }

    private static List<String> tables() throws SQLException {
        return server.rows(LIVE, "SELECT relname FROM pg_class WHERE relkind = 'r' AND oid >= 16384 ORDER BY 1");
    }

    @Test
    void sameRowsAreTheSameWhateverTheSettingsOfTheServersAre() {
        try (TableIntoServer extract = open(ORDERS)) {
            Comparison comparison = extract.compare();
            assertThat(comparison.isSame()).as(comparison.toString()).isTrue();
            assertThat(comparison.copyRows()).isEqualTo(5000);
            assertThat(comparison.liveRows()).isEqualTo(5000);
            assertThat(comparison.key()).containsExactly("id", "region");
        }
    }

    @Test
    void countsByPrimaryKeyWhatIsGoneNewAndChangedAndWritesNothing() throws Exception {
        // Given
        server.sql(
                LIVE,
                "DELETE FROM " + TABLE + " WHERE id BETWEEN 10 AND 19",
                "UPDATE " + TABLE + " SET note = '' WHERE id IN (700, 9)",
                "INSERT INTO " + TABLE + " (region, id) VALUES ('Z', -1), ('', 5001), ('A', 5002)");
        // When
        Comparison comparison;
        try (TableIntoServer extract = open(ORDERS)) {
            comparison = extract.compare();
        }
        // Then
        assertThat(comparison.onlyInCopy()).isEqualTo(10);
        assertThat(comparison.onlyInLive()).isEqualTo(3);
        assertThat(comparison.differing()).isEqualTo(2);
        assertThat(comparison.liveRows()).isEqualTo(4993);
        assertThat(comparison.isSame()).isFalse();
        assertThat(comparison.examples()).hasSize(10).startsWith("--1, Z", "+10, ä\\\"", "+11, Z");
        assertThat(tables()).containsExactly(ORDERS.name());
    }

    @Test
    void theNewTableHasTheRowsTheTypesAndTheKeyAndTheLiveOneIsAsItWas() throws Exception {
        // Given
        server.sql(LIVE, "DELETE FROM " + TABLE + " WHERE id > 100");
        // When
        TableIntoServer.Written written;
        try (TableIntoServer extract = open(ORDERS)) {
            extract.compare();
            written = extract.write(NOW);
            assertRefused(() -> extract.write(NOW), FailureCode.TARGET_NOT_EMPTY, "is there already");
        }
        // Then
        assertThat(written.rows()).isEqualTo(5000);
        assertThat(written.table()).isEqualTo(new TableName("two words", ORDERS.name() + "_restored_20261122031500"));
        String content = "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM %s t";
        server.sql("postgres", "ALTER DATABASE " + LIVE + " RESET ALL");
        assertThat(server.rows(LIVE, content.formatted(written.table().quoted())))
                .isEqualTo(server.rows(COPY, content.formatted(TABLE)));
        assertThat(server.rows(LIVE, "SELECT count(*) FROM " + TABLE)).containsExactly("100");
        assertThat(server.rows(
                        LIVE,
                        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '"
                                + written.table().quoted().replace("'", "''") + "'::regclass"))
                .containsExactly("PRIMARY KEY (id, region)");
    }

    @Test
    void aTableThatIsGoneFromTheLiveServerComesBackBesideNothing() throws Exception {
        // Given
        server.sql(LIVE, "DROP TABLE " + TABLE);
        // When
        try (TableIntoServer extract = open(ORDERS)) {
            Comparison comparison = extract.compare();
            extract.write(NOW);
            // Then
            assertThat(comparison.liveExists()).isFalse();
            assertThat(comparison.onlyInCopy()).isEqualTo(5000);
        }
        assertThat(tables()).containsExactly(ORDERS.name() + "_restored_20261122031500");
    }

    @Test
    void withoutAKeyWholeRowsAreMatchedAsOftenAsTheyAreThere() throws Exception {
        // Given
        for (String dbname : List.of(COPY, LIVE)) {
            server.sql(
                    dbname,
                    "CREATE TABLE \"two words\".log AS SELECT g % 10 AS n FROM generate_series(1, 100) g",
                    "INSERT INTO \"two words\".log VALUES (NULL), (NULL)");
        }
        server.sql(
                LIVE,
                "INSERT INTO \"two words\".log VALUES (3), (NULL), (77)",
                "DELETE FROM \"two words\".log WHERE n = 4");
        // When
        try (TableIntoServer extract = open(new TableName("two words", "log"))) {
            Comparison comparison = extract.compare();
            // Then
            assertThat(comparison.key()).isEmpty();
            assertThat(comparison.onlyInCopy()).isEqualTo(10);
            assertThat(comparison.onlyInLive()).isEqualTo(3);
            assertThat(comparison.differing()).isZero();
            assertThat(comparison.examples()).isEmpty();
            assertThat(extract.write(NOW).rows()).isEqualTo(102);
        }
    }

    @Test
    void columnsThatOneSideLacksAreNamedAndTheOthersCompared() throws Exception {
        // Given
        server.sql(
                LIVE,
                "ALTER TABLE " + TABLE + " DROP COLUMN note",
                "ALTER TABLE " + TABLE + " ALTER COLUMN m TYPE text",
                "ALTER TABLE " + TABLE + " ADD COLUMN later int DEFAULT 5");
        // When
        try (TableIntoServer extract = open(ORDERS)) {
            Comparison comparison = extract.compare();
            // Then
            assertThat(comparison.columnsOnlyInCopy()).containsExactly("m \"two words\".mood", "note text");
            assertThat(comparison.columnsOnlyInLive()).containsExactly("m text", "later integer");
            assertThat(comparison.differing()).isZero();
            assertThat(comparison.isSame()).isFalse();
        }
    }

    @Test
    void whatTheServerChangesOnTheWayIsNotKept() throws Exception {
        // Given an event trigger that gives each new table a trigger of its own
        server.sql(
                LIVE,
                "CREATE FUNCTION \"two words\".change() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN NEW.note := 'changed'; RETURN NEW; END $$",
                "CREATE FUNCTION \"two words\".spoil() RETURNS event_trigger LANGUAGE plpgsql AS $$ DECLARE made text;"
                        + " BEGIN FOR made IN SELECT object_identity FROM pg_event_trigger_ddl_commands() WHERE"
                        + " command_tag = 'CREATE TABLE' LOOP EXECUTE 'CREATE TRIGGER x BEFORE INSERT ON ' || made || '"
                        + " FOR EACH ROW EXECUTE FUNCTION \"two words\".change()'; END LOOP; END $$",
                "CREATE EVENT TRIGGER spoiling ON ddl_command_end WHEN TAG IN ('CREATE TABLE')"
                        + " EXECUTE FUNCTION \"two words\".spoil()");
        try (TableIntoServer extract = open(ORDERS)) {
            // Then
            assertRefused(() -> extract.write(NOW), FailureCode.RESTORE_DIFFERS, "differs from the copy in 5000");
        } finally {
            server.sql(LIVE, "DROP EVENT TRIGGER spoiling");
        }
        assertThat(tables()).containsExactly(ORDERS.name());
    }

    @Test
    void aTableOrASchemaThatIsNotThereIsRefused() throws Exception {
        server.sql(COPY, "CREATE SCHEMA IF NOT EXISTS elsewhere", "CREATE TABLE IF NOT EXISTS elsewhere.t (id int)");
        assertRefused(() -> open(new TableName("two words", "orders")), FailureCode.REQUEST_INVALID, "had no table");
        try (TableIntoServer extract = open(new TableName("elsewhere", "t"))) {
            assertRefused(() -> extract.write(NOW), FailureCode.REQUEST_INVALID, "has no schema 'elsewhere'");
        }
    }

    @Test // F53
    void anArchiveHasTheTablesThatWereNamedAndTheFileIsItsOwnersAlone() throws Exception {
        // Given
        IntoFile into = new IntoFile(new InstalledPrograms(null, System.getenv("PATH")));
        Path file = folder.resolve("it's $(x); \"orders\".dump");
        // When
        long bytes = into.write(restored(), COPY, List.of(ORDERS), into.choose(null, 15, 1), file);
        // Then
        assertThat(file).hasSize(bytes);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(listed(file))
                .contains("TABLE DATA two words Größe; it's \"x\"")
                .doesNotContain("SCHEMA -");
        assertRefused(
                () -> into.write(restored(), COPY, List.of(), IntoFile.Format.ARCHIVE, file),
                FailureCode.TARGET_NOT_EMPTY,
                "is there already");
        // And all of it where no table is named
        Path all = folder.resolve("all.dump");
        into.write(restored(), COPY, List.of(), IntoFile.Format.ARCHIVE, all);
        assertThat(listed(all)).contains("SCHEMA - two words", "TYPE two words mood");
        assertNothingIncomplete();
    }

    @Test
    void whereNoProgramsAreOneTableIsRowsOfCsvAndMoreIsRefused() throws Exception {
        // Given
        IntoFile into = new IntoFile(new InstalledPrograms(folder, null));
        Path file = folder.resolve("orders.csv");
        // When
        IntoFile.Format chosen = into.choose(null, 15, 1);
        into.write(restored(), COPY, List.of(ORDERS), chosen, file);
        // Then
        assertThat(chosen).isEqualTo(IntoFile.Format.CSV);
        assertThat(Files.readAllLines(file))
                .hasSize(5001)
                .startsWith(
                        "region,id,price,at,b,m,total,note",
                        "Z,1,0.3333333333333333,2026-01-01 00:00:01+00,\\x00000001,it's,0.6666666666666666,");
        assertRefused(() -> into.choose(null, 15, 2), FailureCode.CLIENT_PROGRAMS, "the copy is of PostgreSQL 15");
        assertRefused(
                () -> into.choose(IntoFile.Format.ARCHIVE, 15, 1), FailureCode.CLIENT_PROGRAMS, "no pg_dump here");
        assertNothingIncomplete();
    }

    private static String listed(Path archive) throws IOException, InterruptedException {
        Process list = new ProcessBuilder(
                        PostgresTools.require("pg_dump")
                                .resolveSibling("pg_restore")
                                .toString(),
                        "--list",
                        archive.toString())
                .start();
        String said = new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(list.waitFor()).isZero();
        return said;
    }

    private static void assertNothingIncomplete() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".incomplete"));
        }
    }
}
