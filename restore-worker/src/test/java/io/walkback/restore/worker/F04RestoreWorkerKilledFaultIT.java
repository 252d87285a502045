package io.walkback.restore.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.BackupId;
import io.walkback.domain.KillPoint;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresServer;
import io.walkback.restore.RestoredCopy;
import io.walkback.restore.SourceCluster;
import io.walkback.testkit.JudgedByPostgresTools;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/// F04: a restore-worker dies by `kill -9` in the middle of a restore. Nobody can start what it left, and another
/// process of the same host completes it.
@JudgedByPostgresTools("psql")
class F04RestoreWorkerKilledFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    @Test // P2, P5, P8
    void theNextProcessOfTheHostCompletesWhatAKilledOneLeft() throws Exception {
        try (SourceCluster source = new SourceCluster(15);
                Platform platform = new Platform(directory);
                ConfigurableApplicationContext elsewhere = platform.runWorker("db8", source)) {
            // Given a backup with rows in it, rows after it, and an operation in the log
            source.sql("CREATE TABLE t AS SELECT g, md5(g::text) FROM generate_series(1, 20000) g");
            source.backup("b1");
            source.sql("INSERT INTO t SELECT g, md5(g::text) FROM generate_series(20001, 20500) g");
            source.archive();
            Path copy = source.path("copy");
            platform.open(SourceCluster.DATABASE, "f04", restore(copy));
            // When
            ChildProcess victim = platform.startWorker("db7", source, KillPoint.RESTORE_MID_FETCH);
            assertThat(victim.awaitExit(PATIENCE)).isTrue();
            assertThat(victim.exitCode()).hasValue(137);
            // Then it is marked, and nobody gets it to start
            assertThat(copy.resolve("walkback.incomplete")).hasContent("operation=f04");
            assertThat(copy.resolve("global/pg_control")).doesNotExist();
            assertThatThrownBy(() -> startAsAnOwnerWould(copy)).hasMessageContaining("ended");
            Operation left = platform.find("f04").orElseThrow();
            assertThat(left.holder().orElseThrow().pins()).containsExactly(new BackupId("b1"));
            assertThat(left.state().isTerminal()).isFalse();
            // When another process of that host is there
            platform.startWorker("db7", source, "");
            // Then it completes; the worker of another host was ready all the time and left it alone
            assertThat(readiness(elsewhere)).contains("\"status\":\"UP\"");
            Operation ended = awaitEnd(platform, "f04");
            assertThat(ended.state()).isInstanceOf(OperationState.Completed.class);
            assertThat(ended.attempts()).isEqualTo(2);
            Facts.Restored facts = (Facts.Restored) ((OperationState.Completed) ended.state()).facts();
            assertThat(facts.backup()).isEqualTo(new BackupId("b1"));
            assertThat(facts.host()).isEqualTo("db7");
            String socket = String.valueOf(facts.socket());
            assertThat(RestoredCopy.query(socket, "SELECT count(*) || ' ' || min(g) || ' ' || max(g) FROM t"))
                    .isEqualTo("20500 1 20500");
            assertThat(RestoredCopy.query(socket, "SELECT count(*) FROM t WHERE md5 <> md5(g::text)"))
                    .isEqualTo("0");
            assertThat(copy.resolve("walkback.incomplete")).doesNotExist();
            RestoredCopy.stop(copy);
        }
    }

    private static Command.Restore restore(Path copy) {
        return new Command.Restore(null, new RecoveryTarget.Latest(), null, "db7", copy.toString(), Map.of(), true);
    }

    private static Operation awaitEnd(Platform platform, String id) {
        return await().atMost(PATIENCE).until(() -> platform.find(id).orElseThrow(), operation -> operation
                .state()
                .isTerminal());
    }

    private static String readiness(ConfigurableApplicationContext worker) throws Exception {
        String port = worker.getEnvironment().getRequiredProperty("local.server.port");
        URI health = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static void startAsAnOwnerWould(Path copy) {
        try (PostgresServer server = new PostgresServer(PostgresConfig.of(SourceCluster.programs(15), copy))) {
            server.start();
        }
    }
}
