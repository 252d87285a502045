package io.walkback.postgres.setup;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.postgres.setup.SetupStep.Setting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The settings of a server: which of them are not as they must be. For one connection of a superuser.
final class ServerSettings {
    /// Free ones for a receiver, a base backup and somebody else.
    private static final int FEWEST_SENDERS = 4;

    private static final int FEWEST_SLOTS = 2;
    /// More than a busy server writes in a night, less than most disks have free; `databases check` asks for a
    /// limit.
    private static final String SLOT_LIMIT = "64GB";
    /// What may be lost with the host while nothing fills a segment.
    private static final int ARCHIVE_SECONDS = 300;

    private record Wish(String name, String value, Predicate<String> well) {}

    /// @param running what the server goes by, in its own unit
    private record Running(String running, boolean restart) {}

    private final Connection connection;

    ServerSettings(Connection connection) {
        this.connection = connection;
    }

    /// The settings to change, in order.
    List<Setting> missing(SetupWanted wanted) throws SQLException {
        List<Wish> wishes = wishes(wanted);
        String[] names = wishes.stream().map(Wish::name).toArray(String[]::new);
        Map<String, Running> running = running(names);
        Map<String, String> altered = configured(true);
        List<Setting> missing = new ArrayList<>();
        for (Wish wish : wishes) {
            Running now = running.get(wish.name());
            if (now == null) {
                throw new IllegalStateException("PostgreSQL has no setting " + wish.name());
            }
            if (!wish.well().test(now.running()) && !wish.value().equals(altered.get(wish.name()))) {
                missing.add(new Setting(wish.name(), wish.value(), altered.get(wish.name()), now.restart()));
            }
        }
        if (wanted.archiveCommand() != null) {
            archiveCommand(wanted.archiveCommand(), wanted.replace(), altered).ifPresent(missing::add);
        }
        return missing;
    }

    /// What is set and waits for a restart, as far as it is wanted.
    List<String> awaitingRestart(SetupWanted wanted) throws SQLException {
        List<String> awaiting = new ArrayList<>();
        Map<String, Running> running =
                running(wishes(wanted).stream().map(Wish::name).toArray(String[]::new));
        for (Wish wish : wishes(wanted)) {
            Running now = running.get(wish.name());
            if (now != null && now.restart() && !wish.well().test(now.running())) {
                awaiting.add(wish.name());
            }
        }
        return awaiting;
    }

    private static List<Wish> wishes(SetupWanted wanted) {
        List<Wish> wishes = new ArrayList<>();
        wishes.add(new Wish("wal_level", "replica", now -> !now.equals("minimal")));
        wishes.add(new Wish("max_wal_senders", "10", now -> Integer.parseInt(now) >= FEWEST_SENDERS));
        if (wanted.archiveCommand() == null) {
            wishes.add(new Wish("max_replication_slots", "10", now -> Integer.parseInt(now) >= FEWEST_SLOTS));
            wishes.add(new Wish("max_slot_wal_keep_size", SLOT_LIMIT, now -> !now.equals("-1")));
        } else {
            wishes.add(new Wish("archive_mode", "on", now -> !now.equals("off")));
            wishes.add(new Wish("archive_timeout", ARCHIVE_SECONDS + "", ServerSettings::isInTime));
        }
        return wishes;
    }

    private static boolean isInTime(String seconds) {
        int given = Integer.parseInt(seconds);
        return given > 0 && given <= ARCHIVE_SECONDS;
    }

    /// What `pg_settings` shows of it is `(disabled)` while nothing is archived, so the files are asked.
    private Optional<Setting> archiveCommand(String wanted, boolean replace, Map<String, String> altered)
            throws SQLException {
        Map<String, String> configured = configured(false);
        String library = configured.getOrDefault("archive_library", "");
        if (!library.isEmpty()) {
            throw new OperatorActionException(
                    FailureCode.POSTGRES_SETTING,
                    "archive_library is '" + library + "', which takes the place of archive_command",
                    "Unset it first, if nobody needs it: ALTER SYSTEM SET archive_library = '';");
        }
        String now = configured.getOrDefault("archive_command", "");
        if (now.equals(wanted)) {
            return Optional.empty();
        }
        if (!now.isEmpty() && !replace) {
            throw new OperatorActionException(
                    FailureCode.POSTGRES_SETTING,
                    "archive_command is already set, to '" + now + "'",
                    "Somebody else archives this WAL. Give --replace-archive-command once nobody needs that.");
        }
        return Optional.of(new Setting("archive_command", wanted, altered.get("archive_command"), false));
    }

    private Map<String, Running> running(String[] names) throws SQLException {
        Map<String, Running> running = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT name, setting, context = 'postmaster' FROM pg_settings WHERE name = ANY (?)")) {
            statement.setArray(1, connection.createArrayOf("text", names));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    running.put(rows.getString(1), new Running(rows.getString(2), rows.getBoolean(3)));
                }
            }
        }
        return running;
    }

    /// What the files say, the last word on each name.
    ///
    /// @param altered only `postgresql.auto.conf`
    Map<String, String> configured(boolean altered) throws SQLException {
        Map<String, String> configured = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT name, setting FROM pg_file_settings WHERE NOT ? OR sourcefile LIKE '%/postgresql.auto.conf'"
                        + " ORDER BY seqno")) {
            statement.setBoolean(1, altered);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    configured.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return configured;
    }
}
