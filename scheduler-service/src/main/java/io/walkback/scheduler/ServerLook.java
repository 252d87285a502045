package io.walkback.scheduler;

import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresFailures;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.connection.Targets;
import io.walkback.postgres.connection.WalPosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/// Asks servers where their WAL ends, each time on a connection of its own. Thread-safe.
final class ServerLook {
    private static final String NAME = "walkback watch";
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final PostgresConnector connector;
    private final Targets targets;

    ServerLook(PostgresConnector connector, Targets targets) {
        this.connector = connector;
        this.targets = targets;
    }

    WalPosition position(DatabaseRegistration registration) {
        PostgresTarget target = targets.of(registration);
        try (Connection connection = connector.connect(target, NAME, ANSWER)) {
            return WalPosition.read(connection, target.address());
        } catch (SQLException closing) {
            throw PostgresFailures.of(closing, "closing after an answer", target.address());
        }
    }
}
