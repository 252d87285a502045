package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.plan.PlannedRestore;
import io.walkback.embedded.Parts;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.fetch.Postmaster;
import io.walkback.restore.inplace.Hooks;
import io.walkback.restore.inplace.InPlaceHost;
import io.walkback.restore.preview.Rates;
import io.walkback.testkit.JudgedByPostgresTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A server that runs, with a tablespace and with its WAL on another path, brought back to before a mistake where it
/// is: by hooks that stop, judge and start it.
@JudgedByPostgresTools("psql")
class InPlaceRestoreIT {
    private static final RestoreProgress SILENT = (_, _, _, _) -> {};

    private static void hook(Path folder, String name, String script) throws Exception {
        Path file = Files.createDirectories(folder).resolve(name);
        Files.writeString(file, "#!/bin/sh\nset -e\n" + script + "\n");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static RestoreEngine engine(SourceCluster source) {
        return new RestoreEngine(
                source.repository,
                Optional.of(Parts.fromSystemProperty()),
                new InPlaceHost(
                        new Hooks(Optional.of(source.path("hooks"))),
                        Optional.of(source.path("index")),
                        InPlaceHost.KEEP,
                        SourceCluster.CLOCK));
    }

    private static Command.Restore command(
            Path data, Path tablespace, Instant time, @Nullable String digest, String verification) {
        return new Command.Restore(
                null,
                new RecoveryTarget.Time(time),
                null,
                "here",
                data.toString(),
                Map.of(tablespace.toString(), tablespace.toString()),
                true,
                false,
                false,
                false,
                digest,
                null,
                new Command.InPlace("stop", "start", verification));
    }

    /// Through the socket of whoever runs there.
    private static String rows(Path socket) throws Exception {
        return RestoredCopy.query(socket.toString(), "SELECT count(*) || ' ' || (SELECT count(*) FROM fast) FROM t");
    }

    @Test // F55
    void f55BringsARunningServerBackWhereItIsAndPutsItBackWhereTheCopyIsJudgedBad() throws Exception {
        try (SourceCluster source = new SourceCluster(15)) {
            // Given a server with a tablespace, a mistake, and rows after it
            Path tablespace = Files.createDirectory(source.path("ts"));
            ServerAccount.forThisProcess().ifPresent(user -> user.own(tablespace));
            source.sql(
                    "CREATE TABLESPACE fast LOCATION '" + tablespace + "'",
                    "CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g",
                    "CREATE TABLE fast TABLESPACE fast AS SELECT g FROM generate_series(1, 500) g");
            source.backup("b1");
            source.sql("INSERT INTO t VALUES (1001)");
            Instant before = source.now();
            source.sql("DELETE FROM t WHERE g > 10", "DELETE FROM fast", "INSERT INTO t VALUES (7), (8)");
            source.archive();
            Path data = source.server.dataDirectory().toRealPath();
            Path socket = Files.createDirectory(source.path("run"));
            ServerAccount.forThisProcess().ifPresent(user -> user.own(socket));
            hooks(source, socket);
            // When the copy is judged bad
            PlatformException refusal = catchThrowableOfType(PlatformException.class, () -> engine(source)
                    .restore("bad", SourceCluster.DATABASE, command(data, tablespace, before, null, "no"), SILENT));
            // Then the old server runs again, with the mistake and with what came after it
            assertThat(refusal.code()).as(refusal.text()).isEqualTo(FailureCode.HOOK_FAILED);
            assertThat(refusal)
                    .hasMessageContaining("ended with 9: 1001 500 is not what I want")
                    .hasMessageContaining("hook 'start' has started its server");
            assertThat(rows(socket)).isEqualTo("12 0");
            // When it is planned, and that plan is carried out
            PlannedRestore plan = engine(source)
                    .preview(SourceCluster.DATABASE, command(data, tablespace, before, null, "yes"), Rates.ASSUMED);
            assertThat(plan.refusal()).isNull();
            assertThat(plan.vanishing().commits()).isEqualTo(3);
            Facts.Restored facts = engine(source)
                    .restore(
                            "good",
                            SourceCluster.DATABASE,
                            command(data, tablespace, before, plan.digest(), "yes"),
                            SILENT);
            // Then the restored one runs where the old one did
            assertThat(facts.socket()).isNull();
            assertThat(facts.timeline().value()).isEqualTo(2);
            assertThat(rows(socket)).isEqualTo("1001 500");
            assertThat(Postmaster.of(data)).isPresent();
            // and what it replaced lies beside it, data directory and tablespace
            try (Stream<Path> siblings = Files.list(source.folder)) {
                assertThat(siblings.filter(path -> path.toString().contains(".walkback-old-")))
                        .hasSize(2);
            }
            Postmaster.end(data);
        }
    }

    /// As an operator would write them: wait for the end, run the server as its account.
    private static void hooks(SourceCluster source, Path socket) throws Exception {
        Path folder = source.path("hooks");
        Path bin = SourceCluster.programs(15).bin();
        String as = ServerAccount.forThisProcess()
                .map(user -> "setpriv --reuid=" + user.uid() + " --regid=" + user.gid() + " --init-groups -- ")
                .orElse("");
        hook(folder, "stop", """
            pid=$(head -n 1 "$WALKBACK_DIRECTORY/postmaster.pid")
            kill -INT "$pid"
            while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done\
            """);
        hook(
                folder,
                "start",
                "cd /; exec " + as + bin + "/pg_ctl -w -D \"$WALKBACK_DIRECTORY\" -l " + socket
                        + "/log -o \"-p 5432 -c listen_addresses= -c unix_socket_directories=" + socket + "\" start");
        String ask = "found=$(psql -h \"$WALKBACK_SOCKET\" -p \"$WALKBACK_PORT\" -U postgres -d postgres -Atc"
                + " \"SELECT count(*) || ' ' || (SELECT count(*) FROM fast) FROM t\")\n";
        hook(
                folder,
                "yes",
                "export PGPASSWORD='" + SourceCluster.PASSWORD.replace("'", "'\\''") + "'\n" + ask
                        + "test \"$found\" = '1001 500'");
        hook(
                folder,
                "no",
                "export PGPASSWORD='" + SourceCluster.PASSWORD.replace("'", "'\\''") + "'\n" + ask
                        + "echo \"$found is not what I want\"; exit 9");
    }
}
