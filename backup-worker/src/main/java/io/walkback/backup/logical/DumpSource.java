package io.walkback.backup.logical;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.Text;
import io.walkback.domain.TimelineId;
import io.walkback.postgres.connection.PostgresFailures;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a server says of what can be dumped. Stateless.
final class DumpSource {
    private static final String DBNAMES =
            "SELECT oid::bigint, datname, datistemplate FROM pg_database WHERE datallowconn ORDER BY oid";

    /// A standby has no position of its own and says up to where it has replayed.
    private static final String POSITION = """
        SELECT (CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_replay_lsn(), pg_last_wal_receive_lsn(), '0/0')
                     ELSE pg_current_wal_lsn() END)::text,
               (SELECT timeline_id FROM pg_control_checkpoint()), (SELECT system_identifier FROM pg_control_system())\
        """;

    private static final int LISTED = 20;

    private DumpSource() {}

    /// @param oid unsigned
    record Dbname(String name, int oid, boolean template) {}

    /// Where the server's log is.
    record Position(SystemIdentifier system, TimelineId timeline, Lsn lsn) {
        @Override
        public String toString() {
            return "at " + lsn + " on timeline " + timeline + " of system " + system;
        }

        /// A server that was promoted or replaced while it was dumped makes no backup: its dbnames would be of two
        /// histories.
        void requireBefore(Position after, String address) {
            if (!system.equals(after.system) || !timeline.equals(after.timeline) || after.lsn.isBefore(lsn)) {
                throw new RetryableException(
                        FailureCode.TIMELINE_CHANGED,
                        "the server at " + address + " was " + this + " before it was dumped and is " + after,
                        "It failed over meanwhile; the next attempt dumps the new one.");
            }
        }
    }

    /// What is to be dumped, in the order of their OIDs: those that are wanted, or everything that takes
    /// connections and is no template. `REQUEST_INVALID` for a name that the server does not have.
    static List<Dbname> dbnames(Connection connection, List<String> wanted, String address) {
        List<Dbname> there = read(connection, address);
        if (wanted.isEmpty()) {
            return there.stream().filter(dbname -> !dbname.template()).toList();
        }
        Set<String> missing = new HashSet<>(wanted);
        there.forEach(dbname -> missing.remove(dbname.name()));
        if (!missing.isEmpty()) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_INVALID,
                    "the server at " + address + " has no dbname "
                            + Text.printable(missing.stream().sorted().toList().toString(), 300)
                            + " that takes connections; it has "
                            + Text.printable(
                                    there.stream()
                                            .limit(LISTED)
                                            .map(Dbname::name)
                                            .toList()
                                            .toString(),
                                    1000),
                    "Correct the names, or leave them out to dump everything.");
        }
        return there.stream().filter(dbname -> wanted.contains(dbname.name())).toList();
    }

    static Position position(Connection connection, String address) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(POSITION)) {
            row.next();
            return new Position(
                    new SystemIdentifier(row.getLong(3)), new TimelineId(row.getInt(2)), Lsn.parse(row.getString(1)));
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "reading the position of the log", address);
        }
    }

    private static List<Dbname> read(Connection connection, String address) {
        List<Dbname> dbnames = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(DBNAMES)) {
            while (row.next()) {
                dbnames.add(new Dbname(row.getString(2), (int) row.getLong(1), row.getBoolean(3)));
            }
            return dbnames;
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "listing dbnames", address);
        }
    }
}
