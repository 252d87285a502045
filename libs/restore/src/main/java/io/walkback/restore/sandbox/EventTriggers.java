package io.walkback.restore.sandbox;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Code of the database that would run when we create something in its copy.
final class EventTriggers {
    private static final int A_SETTING_SINCE = 17;

    private EventTriggers() {}

    /// PostgreSQL 17 has a setting, which the session was begun with; before that each is disabled on its own.
    /// Doing so fires none.
    static void disable(Connection connection, int major) throws SQLException {
        if (major >= A_SETTING_SINCE) {
            return;
        }
        List<String> statements = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                    SELECT format('ALTER EVENT TRIGGER %I DISABLE', evtname) FROM pg_catalog.pg_event_trigger
                     WHERE evtenabled <> 'D'
                    """)) {
            while (rows.next()) {
                statements.add(rows.getString(1));
            }
        }
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
