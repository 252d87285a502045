package io.walkback.standalone.demo;

import static io.walkback.standalone.demo.Registrations.SHOP;

import io.walkback.client.OperationView;
import io.walkback.client.RestoreForm;
import io.walkback.client.WalkbackClient;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/// Live WAL, the disaster, and the way back to the second before it. For one thread.
final class RecoveryChapter {
    private static final Duration LIVE = Duration.ofSeconds(25);
    private static final int SEGMENTS = 3;
    private static final Duration ARCHIVED = Duration.ofSeconds(60);

    /// Longer than a piece of WAL takes to come twice.
    private static final Duration LAGS = Duration.ofSeconds(12);

    private final WalkbackClient api;
    private final SourceDatabase database;
    private final WalFacts wal;
    private final Measured measured;
    private final Clock clock;
    private @Nullable Moment moment;

    RecoveryChapter(WalkbackClient api, SourceDatabase database, TopicReader topics, Measured measured, Clock clock) {
        this.api = api;
        this.database = database;
        this.wal = new WalFacts(topics, SHOP);
        this.measured = measured;
        this.clock = clock;
    }

    void stream(Ledger writer, Load load, Figures figures) throws Exception {
        int before = wal.segments().size();
        int rowsBefore = writer.size();
        Instant from = clock.instant();
        try (Connection connection = database.connect()) {
            String lsn = Sql.text(connection, "SELECT pg_current_wal_lsn()");
            List<GenericRecord> archived = Waiting.until(SEGMENTS + " more segments", ARCHIVED, () -> {
                List<GenericRecord> now = wal.segments();
                boolean enough =
                        now.size() >= before + SEGMENTS && Measured.seconds(from, clock.instant()) >= LIVE.toSeconds();
                return enough ? Optional.of(now) : Optional.empty();
            });
            long bytes = Sql.number(connection, "SELECT pg_current_wal_lsn() - '" + lsn + "'::pg_lsn");
            figures.put("walBytes", bytes)
                    .put("segmentsArchived", archived.size() - before)
                    .put("rowsWritten", writer.size() - rowsBefore);
        }
        load.check();
        Lags lags = flushLags("walkback_wal");
        figures.put("rpoObjectStoreSeconds", lags.longest()).put("rpoObjectStoreMedianSeconds", lags.median());
        CheckFailed.unless(lags.median() < 10, "WAL is in the repository only after " + lags.median() + " s: bar 10 s");
        CheckFailed.unless(writer.end() == null, "the writer ended: " + writer.end());
    }

    /// The demo's one broker is one copy: what is measured is the way there and back. The longest counts as RPO;
    /// the machine may have been busy once, so it is the median that must hold.
    void tail(Figures figures) throws Exception {
        Lags lags = flushLags("walkback_a");
        figures.put("rpoKafkaTailSeconds", measured.rpo(lags.longest()))
                .put("rpoKafkaTailMedianSeconds", lags.median())
                .put("brokers", 1);
        CheckFailed.unless(lags.median() < 1, "WAL is on the broker only after " + lags.median() + " s: bar 1 s");
    }

    /// How long WAL was on the server alone, in seconds.
    private record Lags(double median, double longest) {}

    /// What the server itself says of a receiver in some seconds of live writes.
    private Lags flushLags(String receiver) throws Exception {
        try (Connection connection = database.connect()) {
            String lag = "SELECT coalesce(max(extract(epoch FROM flush_lag))::text, '') FROM pg_stat_replication"
                    + " WHERE state = 'streaming' AND application_name = '" + receiver + "'";
            Waiting.until("receiver " + receiver, ARCHIVED, () -> Optional.of(Sql.text(connection, lag))
                    .filter(seen -> !seen.isEmpty()));
            long begun = System.nanoTime();
            List<Double> lags = new ArrayList<>();
            return Waiting.until("lags", LIVE.plus(ARCHIVED), () -> {
                String seen = Sql.text(connection, lag);
                if (!seen.isEmpty()) {
                    lags.add(Double.parseDouble(seen));
                }
                lags.sort(null);
                return System.nanoTime() - begun > LAGS.toNanos() && !lags.isEmpty()
                        ? Optional.of(
                                new Lags(Figures.rounded(lags.get(lags.size() / 2)), Figures.rounded(lags.getLast())))
                        : Optional.empty();
            });
        }
    }

    void disaster(Ledger writer, Figures figures) throws Exception {
        Instant durable = wal.lastDurable().orElseThrow(() -> new CheckFailed("no commit is in the repository"));
        Instant dropped;
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            dropped = Sql.time(connection, "SELECT clock_timestamp()");
            Sql.run(connection, "DROP TABLE ledger");
            connection.commit();
        }
        SQLException end =
                Waiting.until("the writer to notice", Duration.ofSeconds(20), () -> Optional.ofNullable(writer.end()));
        CheckFailed.unless("42P01".equals(end.getSQLState()), "the writer ended by something else: " + end);
        Moment target = Moment.atOrBefore(dropped.minusSeconds(1), writer.journal());
        moment = target;
        figures.put("at", dropped.toString())
                .put("target", target.target().toString())
                .put("rowsByTarget", target.expected().size())
                .put("rowsAfterTarget", target.later().size())
                .put("archivedUpToSecondsBefore", Figures.rounded(Measured.seconds(durable, dropped)));
        CheckFailed.unless(target.expected().size() > 1000, "the writer had written too little to compare");
        CheckFailed.unless(!target.later().isEmpty(), "nothing was committed after the target");
    }

    private Moment target() {
        return Objects.requireNonNull(moment, "the disaster comes first");
    }

    void archived(Figures figures) throws Exception {
        Instant last =
                Waiting.until("WAL past " + target().target() + " in the repository", ARCHIVED, () -> wal.lastDurable()
                        .filter(target().target()::isBefore));
        figures.put("lastCommitArchived", last.toString());
    }

    Connection restore(RestoredCopy copy, Figures figures) throws Exception {
        long begun = System.nanoTime();
        RestoreForm form = RestoreForm.latest(
                        SHOP, Platform.HOST, copy.directory().toString())
                .toTime(target().target().toString());
        String id = api.restore(form, null).operationId();
        OperationView ended = Platform.completed(Platform.await(api, id));
        double seconds = (System.nanoTime() - begun) / 1e9;
        String socket = Objects.requireNonNull(ended.resultText("socket"), "the socket of a started copy");
        Connection connection = copy.connect(Path.of(socket), database.superuserLogin(), SourceDatabase.dbname());
        long count = Sql.number(connection, "SELECT count(*) FROM ledger");
        double rto = measured.restore(target().target(), seconds, (System.nanoTime() - begun) / 1e9);
        figures.put("operation", id)
                .put("backup", String.valueOf(ended.resultText("backupId")))
                .put("reachedLsn", String.valueOf(ended.resultText("reachedLsn")))
                .put("rows", count)
                .put("rtoSeconds", rto);
        return connection;
    }

    void compare(Connection restored, Figures figures) throws SQLException {
        Comparison comparison = Comparison.of(target().expected(), RestoredCopy.rows(restored));
        measured.rows(comparison);
        figures.put("expected", comparison.expected())
                .put("restored", comparison.restored())
                .put("missing", comparison.missing())
                .put("extra", comparison.extra())
                .put("different", comparison.different());
        CheckFailed.unless(comparison.isExact(), "the rows are not those that were committed: " + comparison.first());
    }
}
