package io.walkback.standalone.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Makes WAL: inserts incompressible values into `events` and touches random orders, a few MB a second.
/// Thread-safe.
final class Load implements AutoCloseable {
    private static final int ROWS = 40;
    private static final int ROW_BYTES = 16 << 10;
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration END = Duration.ofSeconds(30);

    private final Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable SQLException fault;

    private Load(Connection connection, int orders) {
        this.thread = Thread.ofPlatform().name("load").start(() -> run(connection, orders));
    }

    /// Starts on `connection`, which it closes in the end.
    ///
    /// @param orders rows of the table `orders`
    static Load start(Connection connection, int orders) {
        return new Load(connection, orders);
    }

    private void run(Connection connection, int orders) {
        RandomGenerator random = RandomGenerator.getDefault();
        try (connection;
                PreparedStatement insert = connection.prepareStatement("INSERT INTO events (body) VALUES (?)");
                PreparedStatement update =
                        connection.prepareStatement("UPDATE orders SET amount = amount + 1 WHERE id = ?")) {
            connection.setAutoCommit(false);
            byte[] body = new byte[ROW_BYTES];
            while (!stopping) {
                for (int row = 0; row < ROWS; row++) {
                    random.nextBytes(body);
                    insert.setBytes(1, body);
                    insert.addBatch();
                }
                insert.executeBatch();
                update.setInt(1, random.nextInt(1, orders));
                update.executeUpdate();
                connection.commit();
                Thread.sleep(PAUSE);
            }
        } catch (SQLException refused) {
            fault = refused;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// @throws CheckFailed when the database refused something
    void check() {
        SQLException refused = fault;
        CheckFailed.unless(refused == null, "the load ended: " + refused);
    }

    @Override
    public void close() {
        stopping = true;
        try {
            if (!thread.join(END)) {
                throw new IllegalStateException("the load does not end");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
