package io.walkback.backup.server;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.PlatformException;
import io.walkback.postgres.connection.PostgresFailures;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a server something again and again, on an ordinary connection of its own that stays open while it is
/// needed, and is opened anew after a fault. Begins with its construction on a thread of its own; [#close] ends it.
public final class RepeatedLook implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RepeatedLook.class);

    /// One look.
    public interface Question {
        /// @param connection opened when it is asked for first; a [PlatformException] closes it
        /// @return whether it is to stay open until the next look
        boolean ask(Supplier<Connection> connection);
    }

    private final DatabaseId database;
    private final Supplier<Connection> connect;
    private final Question question;
    private final Runnable away;
    private final Thread thread;
    private @Nullable Connection connection;

    /// @param name    of what is looked at, for the thread and the log
    /// @param connect opens an ordinary connection
    /// @param every   the pause between looks
    /// @param away    called where the question got no answer
    public RepeatedLook(
            String name,
            DatabaseId database,
            Supplier<Connection> connect,
            Duration every,
            Question question,
            Runnable away) {
        this.database = database;
        this.connect = connect;
        this.question = question;
        this.away = away;
        this.thread = Thread.ofVirtual().name(name + "-" + database).start(() -> run(name, every));
    }

    private void run(String name, Duration every) {
        try {
            while (true) {
                look(name);
                // The pace of the looks; the interrupt ends it.
                Thread.sleep(every);
            }
        } catch (InterruptedException _) {
            LOG.atDebug()
                    .addKeyValue("databaseId", database)
                    .addKeyValue("look", name)
                    .log("look ends");
        } finally {
            disconnect();
        }
    }

    private void look(String name) {
        try {
            if (!question.ask(this::open)) {
                disconnect();
            }
        } catch (PlatformException fault) {
            disconnect();
            away.run();
            LOG.atDebug()
                    .setCause(fault)
                    .addKeyValue("databaseId", database)
                    .addKeyValue("look", name)
                    .addKeyValue("failureCode", fault.code())
                    .log("nothing seen, looked at again");
        } catch (RuntimeException fault) {
            // Without this thread a figure would stand still for ever, and look fine.
            disconnect();
            away.run();
            LOG.atError()
                    .setCause(fault)
                    .addKeyValue("databaseId", database)
                    .addKeyValue("look", name)
                    .log("look failed, tried again");
        }
    }

    private Connection open() {
        Connection open = connection == null ? connect.get() : connection;
        connection = open;
        return open;
    }

    private void disconnect() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException fault) {
                PlatformException named = PostgresFailures.of(fault, "closing", database.value());
                LOG.atDebug()
                        .setCause(named)
                        .addKeyValue("databaseId", database)
                        .log("connection not closed cleanly");
            }
        }
    }

    /// Ends the looks and does not wait for the one that is under way.
    @Override
    public void close() {
        thread.interrupt();
    }
}
