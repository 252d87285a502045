package io.walkback.backup.wal;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationState;
import io.walkback.operations.LiveOperations;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the current segment of an idle database for a backup that waits for it (pitfall 14).
///
/// A primary switches by itself when a base backup ends, so there is rarely anything to do; a standby does not, and
/// neither does a server whose switch was lost in a crash. It is asked only when WAL was written past the last
/// archived segment, because the backup's own end lies there, and only after [#PATIENCE], in which a busy database
/// fills the segment by itself. The role needs EXECUTE on `pg_switch_wal()`; without it the backup waits for the
/// database's own traffic or `archive_timeout`, and the log says so. For one thread.
final class SegmentSwitch {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(SegmentSwitch.class);
    private static final String ASK = "SELECT CASE WHEN pg_is_in_recovery() THEN 'standby'"
            + " WHEN has_function_privilege('pg_switch_wal()', 'EXECUTE') THEN 'may' ELSE 'may not' END";

    private final DatabaseId database;
    private final LiveOperations live;
    private final Supplier<Connection> connect;
    private final Duration patience;
    private Lsn waitedFor = Lsn.INVALID;
    private long waitingSinceNanos;

    SegmentSwitch(DatabaseId database, LiveOperations live, Supplier<Connection> connect, Duration patience) {
        this.database = database;
        this.live = live;
        this.connect = connect;
        this.patience = patience;
    }

    /// Switches if a backup has been waiting for WAL beyond `archived` for long enough. Called now and then; its
    /// faults are logged, since reception itself goes on.
    void look(TimelineId timeline, Lsn archived) {
        Lsn wanted = wanted(timeline);
        if (!wanted.isAfter(archived)) {
            waitedFor = Lsn.INVALID;
            return;
        }
        if (!wanted.equals(waitedFor)) {
            waitedFor = wanted;
            waitingSinceNanos = System.nanoTime();
        } else if (System.nanoTime() - waitingSinceNanos > patience.toNanos()) {
            waitingSinceNanos = System.nanoTime();
            switchSegment(wanted);
        }
    }

    private Lsn wanted(TimelineId timeline) {
        Lsn farthest = Lsn.INVALID;
        for (Operation operation : live.all()) {
            if (operation.database().equals(database)
                    && operation.state() instanceof OperationState.AwaitingWal waiting
                    && waiting.facts().timeline().equals(timeline)) {
                farthest = Lsn.max(farthest, waiting.facts().stop());
            }
        }
        return farthest;
    }

    private void switchSegment(Lsn wanted) {
        try (Connection connection = connect.get();
                Statement statement = connection.createStatement()) {
            String may;
            try (ResultSet row = statement.executeQuery(ASK)) {
                may = row.next() ? row.getString(1) : "may not";
            }
            if (may.equals("may")) {
                statement.execute("SELECT pg_switch_wal()");
                LOG.atInfo()
                        .addKeyValue("databaseId", database)
                        .addKeyValue("lsn", wanted)
                        .log("wal segment switched for a backup that waits for its end");
            } else {
                LOG.atWarn()
                        .addKeyValue("databaseId", database)
                        .addKeyValue("lsn", wanted)
                        .addKeyValue("role", may)
                        .log("a backup waits for the end of a wal segment, and this role cannot switch it");
            }
        } catch (SQLException | PlatformException fault) {
            LOG.atWarn()
                    .setCause(fault)
                    .addKeyValue("databaseId", database)
                    .log("wal segment not switched, tried again later");
        }
    }
}
