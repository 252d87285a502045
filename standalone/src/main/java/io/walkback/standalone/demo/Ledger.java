package io.walkback.standalone.demo;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Writes one row every few milliseconds, each in a transaction of its own, and keeps a journal of them on this
/// side: what the database itself says after a restore is compared with what a client was told.
///
/// Ends with its first error. Thread-safe.
final class Ledger implements AutoCloseable {
    static final String CREATE = "CREATE TABLE ledger (id bigserial PRIMARY KEY, account int NOT NULL,"
            + " payload text NOT NULL, written_at timestamptz NOT NULL)";
    static final String SELECT = "SELECT id, payload, written_at FROM ledger ORDER BY id";

    private static final String INSERT =
            "INSERT INTO ledger (account, payload, written_at) VALUES (?, ?, ?) RETURNING id";
    private static final Duration PAUSE = Duration.ofMillis(3);
    /// An hour at this rate; the demo takes minutes.
    private static final int MOST = 1_000_000;
    private static final Duration END = Duration.ofSeconds(30);

    /// One row as the writer knows it.
    ///
    /// @param writtenAt  stands in the row, in whole microseconds
    /// @param payload    SHA-256 of the payload
    /// @param committed  the commit had returned by then
    record Entry(long id, Instant writtenAt, String payload, Instant committed) {}

    private final Clock clock;
    private final List<Entry> journal = new ArrayList<>();
    private final Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable SQLException end;

    private Ledger(Connection connection, Clock clock) {
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("ledger").start(() -> write(connection));
    }

    /// Starts writing on `connection`, which it closes in the end.
    static Ledger start(Connection connection, Clock clock) {
        return new Ledger(connection, clock);
    }

    private void write(Connection connection) {
        RandomGenerator random = RandomGenerator.getDefault();
        try (connection;
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            while (!stopping && size() < MOST) {
                byte[] noise = new byte[random.nextInt(20, 200)];
                random.nextBytes(noise);
                String payload = HexFormat.of().formatHex(noise);
                Instant writtenAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
                insert.setInt(1, random.nextInt(1000));
                insert.setString(2, payload);
                insert.setObject(3, OffsetDateTime.ofInstant(writtenAt, ZoneOffset.UTC));
                try (ResultSet row = insert.executeQuery()) {
                    row.next();
                    long id = row.getLong(1);
                    add(new Entry(id, writtenAt, sha256(payload), clock.instant()));
                }
                Thread.sleep(PAUSE);
            }
        } catch (SQLException refused) {
            end = refused;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void add(Entry entry) {
        journal.add(entry);
    }

    synchronized int size() {
        return journal.size();
    }

    /// What has been committed so far, in the order of the commits.
    synchronized List<Entry> journal() {
        return List.copyOf(journal);
    }

    /// Why it ended, null while it writes.
    @Nullable
    SQLException end() {
        return end;
    }

    static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    @Override
    public void close() {
        stopping = true;
        try {
            if (!thread.join(END)) {
                throw new IllegalStateException("the writer does not end");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
