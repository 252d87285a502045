package io.walkback.cli.real;

import static io.walkback.cli.real.RealInputIT.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Commits of a database wait for receivers that are away, and no service answers.
record WorstNight(Walkback walkback, OwnServer server) {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String NAMES = "ANY 1 (walkback_a, walkback_b)";

    private String waiting() {
        return server.psql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    }

    /// @param records where releases are kept that the audit log does not have
    void release(Path records) {
        // Given
        Walkback operator = walkback.with("SUPERUSER", OwnServer.SUPERUSER_PASSWORD);
        String[] release = {
            "wal",
            "release-sync",
            "shop",
            "--admin-url=postgresql://postgres@127.0.0.1:" + server.server().port() + "/postgres",
            "--admin-password=env:SUPERUSER"
        };
        server.psql("ALTER SYSTEM SET synchronous_standby_names = '" + NAMES + "'", "SELECT pg_reload_conf()");
        AtomicBoolean over = new AtomicBoolean();
        // More than one, since the reload reaches each process of the server in its own time.
        CompletableFuture<Void> client = CompletableFuture.runAsync(
                () -> {
                    while (!over.get()) {
                        server.psql("SELECT pg_logical_emit_message(true, 'test', 'a commit')");
                    }
                },
                Thread::startVirtualThread);
        await().atMost(PATIENCE).until(() -> waiting().equals("1"));
        String[] look = {release[0], release[1], release[2], release[3], release[4], "--dry-run"};
        assertThat(said(0, operator.run(look)).out()).contains("ALTER SYSTEM RESET synchronous_standby_names;");
        assertThat(waiting()).as("a look changes nothing").isEqualTo("1");
        // When
        Walkback.Said alone =
                said(3, operator.with("WALKBACK_API_URL", "http://127.0.0.1:1").run(release));
        // Then
        over.set(true);
        client.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        assertThat(alone.err()).contains("1 commit waits", "THE AUDIT LOG DOES NOT HAVE IT", records.toString());
        assertThat(alone.out()).contains("ALTER SYSTEM SET synchronous_standby_names = '" + NAMES + "';");
        assertThat(server.psql("SHOW synchronous_standby_names")).isEmpty();
        assertThat(records).isDirectoryContaining("glob:**.json");
        assertThat(alone.all()).doesNotContain(OwnServer.SUPERUSER_PASSWORD);
        // When the services are back
        Walkback.Said again = said(0, operator.run(release));
        // Then
        assertThat(again.err()).contains("there is nothing to release");
        assertThat(records).isEmptyDirectory();
    }
}
