package io.walkback.postgres.setup;

import io.walkback.domain.Secret;
import io.walkback.postgres.heartbeat.HeartbeatTable;
import org.jspecify.annotations.Nullable;

/// One change of a server, and what there was before it.
public sealed interface SetupStep {
    /// A setting in `postgresql.auto.conf`.
    ///
    /// @param before  what stood there, null for nothing
    /// @param restart whether the server must be restarted before it counts
    record Setting(String name, String value, @Nullable String before, boolean restart) implements SetupStep {
        @Override
        public String sql() {
            return "ALTER SYSTEM SET " + Sql.name(name) + " = " + Sql.literal(value);
        }

        @Override
        public String undo() {
            return before == null
                    ? "ALTER SYSTEM RESET " + Sql.name(name)
                    : "ALTER SYSTEM SET " + Sql.name(name) + " = " + Sql.literal(before);
        }
    }

    /// A role that may log in and replicate, and nothing else.
    ///
    /// @param password set without being shown to the server's log; null: none, for servers that ask for none
    record Role(String name, @Nullable Secret password) implements SetupStep {
        @Override
        public String sql() {
            return "CREATE ROLE " + Sql.name(name) + " LOGIN REPLICATION";
        }

        @Override
        public String undo() {
            return "DROP ROLE " + Sql.name(name);
        }
    }

    /// The right to replicate, for a role that is there.
    record Replication(String role) implements SetupStep {
        @Override
        public String sql() {
            return "ALTER ROLE " + Sql.name(role) + " REPLICATION";
        }

        @Override
        public String undo() {
            return "ALTER ROLE " + Sql.name(role) + " NOREPLICATION";
        }
    }

    /// Sight of all sessions and settings.
    record Monitor(String role) implements SetupStep {
        @Override
        public String sql() {
            return "GRANT pg_monitor TO " + Sql.name(role);
        }

        @Override
        public String undo() {
            return "REVOKE pg_monitor FROM " + Sql.name(role);
        }
    }

    /// The right to end a WAL segment that a backup waits for.
    record SwitchWal(String role) implements SetupStep {
        @Override
        public String sql() {
            return "GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO " + Sql.name(role);
        }

        @Override
        public String undo() {
            return "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() FROM " + Sql.name(role);
        }
    }

    /// The row that RPO is measured by, in a schema of its own in the dbname that one is connected to, and the
    /// right to write it and nothing else.
    record Heartbeat(String role) implements SetupStep {
        @Override
        public String sql() {
            return HeartbeatTable.create() + ";\nGRANT USAGE ON SCHEMA " + HeartbeatTable.SCHEMA + " TO "
                    + Sql.name(role) + ";\nGRANT SELECT, UPDATE ON " + HeartbeatTable.NAME + " TO " + Sql.name(role);
        }

        @Override
        public String undo() {
            return HeartbeatTable.drop();
        }
    }

    /// What does it. Holds no password.
    String sql();

    /// What takes it back.
    String undo();
}
