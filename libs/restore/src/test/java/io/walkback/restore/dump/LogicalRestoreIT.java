package io.walkback.restore.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.postgres.client.InstalledPrograms;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.repository.Repository;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.dump.LogicalRestoreRequest.Globals;
import io.walkback.testkit.JudgedByPostgresTools;
import io.walkback.testkit.PostgresTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// Real archives into a real server, by the `pg_restore` of PostgreSQL 15.
@JudgedByPostgresTools("pg_dump")
@TestInstance(Lifecycle.PER_CLASS)
class LogicalRestoreIT {
    private static final RestoreProgress QUIET = (_, _, _, _) -> {};
    private static final String ODD = "dbname=x it's \"ü\" \\";
    private static final String HOSTILE = "\"; rm -rf / --'\\ $(reboot) <!channel> 'ß";
    private static final String OWNER = "an \"owner\"; it's";
    /// What there is in a dbname, in words that do not depend on OIDs.
    private static final String CONTENT = """
        SELECT 'relation ' || c.oid::regclass || ' ' || c.relkind::text || ' ' || pg_get_userbyid(c.relowner)
          FROM pg_class c WHERE c.oid >= 16384 AND c.relkind IN ('r', 'v', 'i', 'S') AND c.relnamespace::regnamespace::text !~ '^pg_'
        UNION ALL SELECT 'rows ' || count(*) || md5(string_agg(t::text, ',' ORDER BY id)) FROM "two words"."Größe; --" t
        UNION ALL SELECT 'large object ' || oid || ' ' || md5(lo_get(oid)) FROM pg_largeobject_metadata
        UNION ALL SELECT 'extension ' || extname FROM pg_extension
        UNION ALL SELECT 'function ' || p.oid::regprocedure FROM pg_proc p WHERE p.oid >= 16384
        ORDER BY 1\
        """;

    @TempDir
    private static Path folder;

    private DumpedServer source;
    private DumpFiles dump;

    @BeforeAll
    void start() throws Exception {
        source = new DumpedServer(folder);
        source.sql(
                "postgres",
                "CREATE ROLE " + quoted(OWNER) + " PASSWORD 'first'",
                "CREATE ROLE reader LOGIN PASSWORD 'second'",
                "CREATE ROLE readers",
                "GRANT readers TO reader",
                "CREATE DATABASE " + quoted(ODD) + " TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
                "CREATE DATABASE plain");
        source.sql(
                ODD,
                "CREATE SCHEMA \"two words\"",
                "CREATE TABLE \"two words\".\"Größe; --\" (id bigserial PRIMARY KEY, t text)",
                "INSERT INTO \"two words\".\"Größe; --\" (t) SELECT repeat(md5(g::text), 10)"
                        + " FROM generate_series(1, 30000) g",
                "ALTER TABLE \"two words\".\"Größe; --\" OWNER TO " + quoted(OWNER),
                "GRANT SELECT ON \"two words\".\"Größe; --\" TO reader",
                "CREATE VIEW seen AS SELECT count(*) FROM \"two words\".\"Größe; --\"",
                "CREATE FUNCTION doubled(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT a * 2'",
                "CREATE EXTENSION amcheck",
                "SELECT lo_from_bytea(4242, decode(repeat('00ff10', 5000), 'hex'))");
        dump = source.dump(source.repository, "l1", ODD, "plain");
    }

    @AfterAll
    void stop() {
        source.close();
    }

    @AfterEach
    void roles() throws SQLException {
        source.sql(
                "postgres",
                "DO $$ BEGIN IF to_regrole('reader') IS NULL THEN CREATE ROLE reader; END IF; END $$",
                "DROP DATABASE IF EXISTS copy WITH (FORCE)",
                "DROP DATABASE IF EXISTS " + quoted(HOSTILE));
        for (String process : List.of("pg_restore", "pg_dump")) {
            await().atMost(Duration.ofSeconds(10)).until(() -> ProcessHandle.current()
                    .children()
                    .noneMatch(child -> child.info().command().orElse("").endsWith(process)));
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static LogicalRestore restore(@Nullable Path programs) {
        return new LogicalRestore(
                new PostgresConnector(Duration.ofSeconds(10)), new InstalledPrograms(programs, System.getenv("PATH")));
    }

    private LogicalRestoreRequest request(String into, Globals globals, boolean owners) {
        return new LogicalRestoreRequest(ODD, source.target(into), globals, owners);
    }

    private LogicalRestorePlan run(String into) throws InterruptedException {
        return restore(null).run("op-1", dump, request(into, Globals.NONE, true), QUIET);
    }

    private static void assertRefused(ThrowingCallable call, FailureCode code, String... words) {
        assertThatThrownBy(call).isInstanceOfSatisfying(PlatformException.class, fault -> {
            assertThat(fault.code()).as(fault.text()).isEqualTo(code);
            assertThat(fault.text()).contains(words);
        });
    }

    @Test // F53
    void aHostileNameIsCarriedLiterallyAndTheCopyHasEveryObjectOwnerAndRow() throws Exception {
        // When
        LogicalRestorePlan planned = restore(null).plan(dump, request(HOSTILE, Globals.NONE, true));
        boolean untouched = !source.has(HOSTILE);
        LogicalRestorePlan done = run(HOSTILE);
        // Then
        assertThat(untouched).isTrue();
        assertThat(planned).isEqualTo(done);
        assertThat(done.creates()).isTrue();
        assertThat(done.objects()).isGreaterThan(10);
        assertThat(done.keptRoles()).contains("postgres", "reader", OWNER);
        assertThat(done.newRoles()).isEmpty();
        assertThat(source.rows(HOSTILE, CONTENT))
                .isEqualTo(source.rows(ODD, CONTENT))
                .anyMatch(line -> line.contains("owner"));
        assertThat(source.rows(
                        "postgres",
                        "SELECT encoding || datcollate || datctype FROM pg_database WHERE datcollate = 'C.UTF-8'"))
                .hasSize(2)
                .containsOnly("6C.UTF-8C.UTF-8");
        assertThat(source.comment(HOSTILE)).isEmpty();
    }

    @Test // F55
    void aDbnameThatHoldsSomethingIsRefusedAndOneThatIsEmptyIsTaken() throws Exception {
        // Given
        source.sql("postgres", "CREATE DATABASE copy");
        source.sql("copy", "CREATE TYPE mine AS ENUM ('a')");
        // Then
        assertRefused(() -> run("copy"), FailureCode.TARGET_NOT_EMPTY, "dbname 'copy'", "not empty");
        assertThat(source.rows("copy", "SELECT typname FROM pg_type WHERE typname = 'mine'"))
                .hasSize(1);
        // And when it is empty
        source.sql("copy", "DROP TYPE mine");
        assertThat(run("copy").creates()).isFalse();
        assertThat(source.rows("copy", CONTENT)).isEqualTo(source.rows(ODD, CONTENT));
    }

    @Test
    void aFailureLeavesAnEmptyDbnameEmptyAndNoNewOne() throws Exception {
        // Given a grant to a role that is gone, of which no list says anything
        source.sql(ODD, "DROP OWNED BY reader");
        source.sql("postgres", "DROP ROLE reader", "CREATE DATABASE copy");
        // Then
        assertRefused(() -> run("copy"), FailureCode.PROCESS_FAILED, "role \"reader\" does not exist");
        assertThat(source.rows("copy", "SELECT relname FROM pg_class WHERE oid >= 16384"))
                .isEmpty();
        assertRefused(() -> run("fresh"), FailureCode.PROCESS_FAILED, "role \"reader\" does not exist");
        assertThat(source.has("fresh")).isFalse();
        // And with the roles of the backup it goes well, and those that were there are as they were
        List<String> before = passwords();
        source.sql("postgres", "ALTER ROLE " + quoted(OWNER) + " CONNECTION LIMIT 7");
        LogicalRestorePlan plan = restore(null).run("op-1", dump, request("copy", Globals.ROLES, true), QUIET);
        assertThat(plan.newRoles()).containsExactly("reader");
        assertThat(passwords()).containsAll(before).anyMatch(role -> role.startsWith("readerSCRAM-SHA-256$"));
        assertThat(source.rows("postgres", "SELECT pg_has_role('reader', 'readers', 'member')"))
                .containsExactly("t");
        assertThat(source.rows("postgres", "SELECT rolconnlimit FROM pg_roles WHERE rolconnlimit > 0"))
                .containsExactly("7");
        source.sql("postgres", "ALTER ROLE " + quoted(OWNER) + " CONNECTION LIMIT -1");
        source.sql(ODD, "GRANT SELECT ON \"two words\".\"Größe; --\" TO reader");
    }

    private List<String> passwords() throws SQLException {
        return source.rows("postgres", "SELECT rolname || coalesce(rolpassword, '') FROM pg_authid");
    }

    @Test
    void ownersThatTheServerLacksAreNamedBeforeAnythingIsWrittenOrLeftOut() throws Exception {
        // Given
        source.sql("postgres", "ALTER ROLE " + quoted(OWNER) + " RENAME TO renamed");
        try {
            // Then
            assertRefused(() -> run("copy"), FailureCode.REQUEST_INVALID, "does not have: '" + OWNER + "'");
            assertThat(source.has("copy")).isFalse();
            restore(null).run("op-1", dump, request("copy", Globals.NONE, false), QUIET);
            assertThat(source.rows(
                            "copy", "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE oid >= 16384"))
                    .containsExactly("postgres");
        } finally {
            source.sql("postgres", "ALTER ROLE renamed RENAME TO " + quoted(OWNER));
        }
    }

    @Test
    void aWarningOfPgRestoreIsAFailure() throws Exception {
        // Given
        Path programs = programs("exec \"$REAL\" \"$@\" && echo 'pg_restore: warning: something' >&2");
        // Then
        assertRefused(
                () -> restore(programs).run("op-1", dump, request("copy", Globals.NONE, true), QUIET),
                FailureCode.PROCESS_FAILED,
                "pg_restore ended well and warned: pg_restore: warning: something");
        assertThat(source.has("copy")).isFalse();
    }

    @Test // pitfall 37
    void whatIsMissingAfterwardsIsNamedAndTheCopyStaysMarked() throws Exception {
        // Given a pg_restore that leaves a function out and says nothing
        Path programs = programs("exec \"$REAL\" --exclude-schema=public \"$@\"");
        // Then
        assertRefused(
                () -> restore(programs).run("op-1", dump, request("copy", Globals.NONE, true), QUIET),
                FailureCode.RESTORE_DIFFERS,
                "'FUNCTION public doubled(integer, text) postgres'",
                "'VIEW public seen postgres'",
                "has besides nothing");
        assertThat(source.comment("copy")).isEqualTo("walkback: incomplete, being restored by op-1");
        // And somebody else's restore leaves it alone, while the same one begins anew
        assertRefused(
                () -> restore(null).run("op-2", dump, request("copy", Globals.NONE, true), QUIET),
                FailureCode.TARGET_NOT_EMPTY,
                "is what a restore that did not end left behind");
        assertThat(run("copy").creates()).isTrue();
        assertThat(source.comment("copy")).isEmpty();
    }

    /// A folder of programs whose `pg_restore` does `script` when it writes into a server.
    private static Path programs(String script) throws IOException {
        Path programs = Files.createTempDirectory(folder, "programs");
        for (String name : List.of("pg_dump", "pg_dumpall")) {
            Files.createSymbolicLink(
                    programs.resolve(name), PostgresTools.require("pg_dump").resolveSibling(name));
        }
        Path restore = programs.resolve("pg_restore");
        Files.writeString(
                restore,
                "#!/bin/sh\nREAL=" + PostgresTools.require("pg_dump").resolveSibling("pg_restore")
                        + "\ncase \"$*\" in *--exit-on-error*) ;; *) exec \"$REAL\" \"$@\" ;; esac\n"
                        + script.replace("exec \"$REAL\" \"$@\" &&", "\"$REAL\" \"$@\" &&") + "\n");
        Files.setPosixFilePermissions(restore, PosixFilePermissions.fromString("rwx------"));
        return programs;
    }

    @Test // P2
    void anInterruptEndsItAtOnceAndTakesTheNewDbnameAway() throws Exception {
        // Given a restore that has written some of the archive
        CompletableFuture<LogicalRestorePlan> result = new CompletableFuture<>();
        CompletableFuture<Void> inTheMidst = new CompletableFuture<>();
        Path programs = programs("exec \"$REAL\" \"$@\" && exec sleep 1000");
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                result.complete(restore(programs)
                        .run("op-1", dump, request("copy", Globals.NONE, true), (phase, done, _, _) -> {
                            if (phase.equals("restoring") && done > 4 << 20) {
                                inTheMidst.complete(null);
                            }
                        }));
            } catch (Throwable fault) {
                result.completeExceptionally(fault);
            }
        });
        inTheMidst.get(30, TimeUnit.SECONDS);
        // When
        thread.interrupt();
        // Then
        assertThatThrownBy(() -> result.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);
        assertThat(source.has("copy")).isFalse();
    }

    @Test
    void askingForWhatTheBackupDoesNotHaveIsRefused() {
        assertRefused(
                () -> restore(null)
                        .plan(dump, new LogicalRestoreRequest(null, source.target("copy"), Globals.NONE, true)),
                FailureCode.REQUEST_INVALID,
                "has 2 dbnames, and none is named",
                "plain");
        assertRefused(
                () -> restore(null)
                        .plan(dump, new LogicalRestoreRequest("other", source.target("copy"), Globals.NONE, true)),
                FailureCode.REQUEST_INVALID,
                "has no dbname 'other'");
        assertRefused(() -> run("é".repeat(32)), FailureCode.REQUEST_INVALID, "is no name that a dbname can have");
    }

    @Test // P3
    void aDamagedByteIsNamedAndLeavesNoDbname() throws Exception {
        try (Repository repository = source.repository("damaged")) {
            DumpFiles damaged = source.dump(repository, "l2", ODD);
            source.damage("damaged");
            assertThatThrownBy(() -> restore(null).run("op-1", damaged, request("copy", Globals.NONE, true), QUIET))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("/packs/");
        }
        assertThat(source.has("copy")).isFalse();
    }
}
