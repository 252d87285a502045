package io.walkback.restore.proof;

import io.walkback.postgres.heartbeat.HeartbeatTable;
import io.walkback.restore.sandbox.Sandbox;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How old the newest row of the heartbeat is in the copy: RPO from the data itself (ADR 24).
///
/// Against the time that was asked for; for the latest position, against the moment when the rehearsal began. That
/// counts everything that a loss of the source at that moment would have lost, and up to the ten seconds between two
/// rows more. Other targets name no time, and then it measures nothing.
final class HeartbeatCheck implements ProofCheck {
    private static final String NEWEST = "SELECT max(written_at) FROM " + HeartbeatTable.NAME;
    private static final String THERE = "SELECT to_regclass('" + HeartbeatTable.NAME + "') IS NOT NULL";

    private final @Nullable Instant asked;
    private final boolean limit;
    private @Nullable Duration rpo;

    /// @param asked null: there is nothing to compare with
    /// @param limit whether `asked` was the target, so that nothing younger may be in the copy
    HeartbeatCheck(@Nullable Instant asked, boolean limit) {
        this.asked = asked;
        this.limit = limit;
    }

    @Override
    public String name() {
        return "heartbeat";
    }

    /// What the copy lacks; null when nothing could tell.
    @Nullable
    Duration rpo() {
        return rpo;
    }

    @Override
    public CheckOutcome run(Sandbox sandbox) throws SQLException {
        Instant newest = null;
        for (String dbname : sandbox.dbnames()) {
            try (Connection connection = sandbox.connect(dbname)) {
                Instant found = writtenAt(connection);
                newest = found == null || (newest != null && newest.isAfter(found)) ? newest : found;
            }
        }
        Omissions omitted = new Omissions();
        if (newest == null) {
            omitted.add("RPO: the copy has no heartbeat row");
            return CheckOutcome.passed(name(), omitted, Map.of());
        }
        if (asked == null) {
            omitted.add("RPO: the target names no time");
            return CheckOutcome.passed(name(), omitted, Map.of());
        }
        if (limit && newest.isAfter(asked)) {
            return CheckOutcome.failed(
                    name(),
                    "the copy has a heartbeat of " + newest + ", after its target " + asked,
                    HeartbeatTable.NAME);
        }
        Duration lost = Duration.between(newest, asked);
        rpo = lost.isNegative() ? Duration.ZERO : lost;
        return CheckOutcome.passed(name(), omitted, Map.of("rpoMs", rpo.toMillis()));
    }

    private static @Nullable Instant writtenAt(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet there = statement.executeQuery(THERE)) {
                if (!there.next() || !there.getBoolean(1)) {
                    return null;
                }
            }
            try (ResultSet row = statement.executeQuery(NEWEST)) {
                OffsetDateTime newest = row.next() ? row.getObject(1, OffsetDateTime.class) : null;
                return newest == null ? null : newest.toInstant();
            }
        }
    }
}
