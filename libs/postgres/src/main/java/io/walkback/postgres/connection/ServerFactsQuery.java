package io.walkback.postgres.connection;

import io.walkback.domain.SystemIdentifier;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads [ServerFacts] over an ordinary connection. Needs no more than the right to connect.
public final class ServerFactsQuery {
    private static final String SERVER = """
        SELECT current_setting('server_version_num')::int AS version,
               (SELECT system_identifier FROM pg_control_system()) AS system_identifier,
               pg_is_in_recovery() AS in_recovery,
               current_setting('wal_level') AS wal_level,
               current_setting('max_wal_senders')::int AS max_wal_senders,
               (SELECT count(*)::int FROM pg_stat_replication) AS wal_senders,
               current_setting('max_replication_slots')::int AS max_slots,
               (SELECT count(*)::int FROM pg_replication_slots) AS slots,
               current_setting('archive_mode') AS archive_mode,
               current_setting('data_checksums')::boolean AS data_checksums,
               (SELECT setting::int FROM pg_settings WHERE name = 'wal_segment_size') AS wal_segment_size,
               current_setting('block_size')::int AS block_size,
               clock_timestamp() AS clock,
               (SELECT setting::int FROM pg_settings WHERE name = 'max_slot_wal_keep_size') AS slot_limit,
               (SELECT coalesce(max(setting), '') FROM pg_settings WHERE name = 'shared_preload_libraries') AS preload,
               rolname AS role, rolreplication AS replication, rolsuper AS superuser,
               pg_has_role(current_user, 'pg_monitor', 'USAGE') AS monitor
          FROM pg_roles WHERE rolname = current_user\
        """;

    private static final String DBNAMES = """
        SELECT datname, datlocprovider, datcollate,
               coalesce(datcollversion, '') AS version,
               coalesce(pg_database_collation_actual_version(oid), '') AS actual,
               CASE WHEN has_database_privilege(oid, 'CONNECT') OR pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
                    THEN pg_database_size(oid) ELSE -1 END AS bytes
          FROM pg_database WHERE datallowconn ORDER BY datname\
        """;

    private static final String EXTENSIONS = "SELECT extname, extversion FROM pg_extension ORDER BY extname";

    private ServerFactsQuery() {}

    /// @param address of the server, for messages
    public static ServerFacts read(Connection connection, String address) {
        try (Statement statement = connection.createStatement()) {
            List<ServerFacts.Dbname> dbnames = dbnames(statement);
            Map<String, String> extensions = extensions(statement);
            try (ResultSet row = statement.executeQuery(SERVER)) {
                row.next();
                return server(row, dbnames, extensions);
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "reading what the server is", address);
        }
    }

    private static ServerFacts server(ResultSet row, List<ServerFacts.Dbname> dbnames, Map<String, String> extensions)
            throws SQLException {
        return new ServerFacts(
                row.getInt("version"),
                new SystemIdentifier(row.getLong("system_identifier")),
                row.getBoolean("in_recovery"),
                row.getString("wal_level"),
                row.getInt("max_wal_senders"),
                row.getInt("wal_senders"),
                row.getInt("max_slots"),
                row.getInt("slots"),
                row.getString("archive_mode"),
                row.getBoolean("data_checksums"),
                row.getInt("wal_segment_size"),
                row.getInt("block_size"),
                new ServerFacts.Role(
                        row.getString("role"),
                        row.getBoolean("replication"),
                        row.getBoolean("superuser"),
                        row.getBoolean("monitor")),
                row.getObject("clock", OffsetDateTime.class).toInstant(),
                row.getInt("slot_limit"),
                libraries(row.getString("preload")),
                dbnames,
                extensions);
    }

    private static List<String> libraries(String setting) {
        return Arrays.stream(setting.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static List<ServerFacts.Dbname> dbnames(Statement statement) throws SQLException {
        List<ServerFacts.Dbname> dbnames = new ArrayList<>();
        try (ResultSet row = statement.executeQuery(DBNAMES)) {
            while (row.next()) {
                dbnames.add(new ServerFacts.Dbname(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getLong(6)));
            }
        }
        return dbnames;
    }

    private static Map<String, String> extensions(Statement statement) throws SQLException {
        Map<String, String> extensions = new LinkedHashMap<>();
        try (ResultSet row = statement.executeQuery(EXTENSIONS)) {
            while (row.next()) {
                extensions.put(row.getString(1), row.getString(2));
            }
        }
        return extensions;
    }
}
