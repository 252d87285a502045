package io.walkback.backup.wal;

import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.embedded.PostgresConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/// A primary and a standby that streams from it, without a slot.
final class TwoServers implements AutoCloseable {
    final Cluster primary;
    final Cluster standby;

    private TwoServers(Cluster primary, Cluster standby) {
        this.primary = primary;
        this.standby = standby;
    }

    /// With the table that [Receiving#fill] writes to. Both keep their newest WAL, also after the checkpoint that
    /// follows a promotion.
    static TwoServers start(Path directory, UnaryOperator<PostgresConfig> more) throws IOException {
        UnaryOperator<PostgresConfig> settings = config -> more.apply(config.withOverride("wal_keep_size", "64MB"));
        TwoServers both = new TwoServers(
                Cluster.start(15, Files.createDirectories(directory.resolve("primary")), settings),
                Cluster.copy(15, Files.createDirectories(directory.resolve("standby")), settings));
        try {
            both.primary.execute("CREATE TABLE w (id bigint, t text)");
            both.standby.follow(both.primary);
            both.standby.server.start();
            return both;
        } catch (IOException | RuntimeException fault) {
            both.close();
            throw fault;
        }
    }

    /// Waits until the standby has replayed everything.
    void inStep() {
        String written = primary.query("SELECT pg_current_wal_flush_lsn()");
        await().atMost(Cluster.PATIENCE)
                .until(() -> standby.query("SELECT pg_last_wal_replay_lsn() >= '" + written + "'")
                        .equals("t"));
    }

    /// The primary dies, and the standby takes its place as it is.
    void failOver() {
        primary.server.kill();
        promote();
    }

    void promote() {
        standby.execute("SELECT pg_promote()");
    }

    /// At once: a fast shutdown would wait for archivers that nobody answers any more.
    @Override
    public void close() {
        standby.server.stopImmediately();
        primary.server.stopImmediately();
    }
}
