package io.walkback.postgres.connection;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Set;

/// The commits of one server that wait for a standby now, which `pg_stat_activity` shows as the wait event
/// `SyncRep`. One short question, whatever the server is busy with.
///
/// @param names   `synchronous_standby_names`, as the server goes by it
/// @param seesAll whether the role sees what other roles wait for; without that `commits` misses them
/// @param commits one text for each, the same for as long as the same commit waits
public record SyncWaits(String names, boolean seesAll, Set<String> commits) {
    private static final String READ = """
        SELECT current_setting('synchronous_standby_names'),
               pg_has_role('pg_read_all_stats', 'USAGE'),
               ARRAY(SELECT pid || '/' || coalesce(backend_xid::text, xact_start::text, '')
                       FROM pg_stat_activity WHERE wait_event = 'SyncRep')\
        """;

    public SyncWaits {
        commits = Set.copyOf(commits);
    }

    /// @param address for messages
    public static SyncWaits read(Connection connection, String address) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(READ)) {
            if (!row.next()) {
                throw PostgresFailures.protocol("a question without a table has no answer", "reading waits", address);
            }
            String[] commits = (String[]) row.getArray(3).getArray();
            return new SyncWaits(row.getString(1), row.getBoolean(2), Set.copyOf(Arrays.asList(commits)));
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "reading which commits wait", address);
        }
    }
}
