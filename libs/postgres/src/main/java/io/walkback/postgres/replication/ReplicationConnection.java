package io.walkback.postgres.replication;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.connection.WalsenderSession;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// A physical replication connection: one command at a time, on the caller's thread.
///
/// Holds one of the server's `max_wal_senders` and a buffer of 256 KiB until closed. Any fault in a command cuts
/// the connection, because what the server would say next is unknown; open another. [#close] from another thread
/// ends a command that waits. Faults are [io.walkback.domain.PlatformException]s with a `POSTGRES_*` or
/// `WAL_SLOT_LOST` code.
public final class ReplicationConnection implements AutoCloseable {
    private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");
    private static final Pattern SETTING_NAME = Pattern.compile("[a-z_][a-z0-9_.]{0,62}");

    private final WalsenderSession session;
    private final Wire wire;
    private final Duration silenceLimit;
    private volatile boolean busy;

    private ReplicationConnection(WalsenderSession session, Duration silenceLimit) {
        this.session = session;
        this.wire = new Wire(session);
        this.silenceLimit = silenceLimit;
        wire.silenceLimit(silenceLimit);
    }

    /// Connects and logs in.
    ///
    /// @param applicationName what `pg_stat_replication` and `synchronous_standby_names` call this connection
    /// @param silenceLimit    how long the server may say nothing in the midst of a command before it counts as
    ///                        gone
    public static ReplicationConnection open(
            PostgresConnector connector, PostgresTarget target, String applicationName, Duration silenceLimit) {
        WalsenderSession session = connector.replication(target, applicationName);
        try {
            return new ReplicationConnection(session, silenceLimit);
        } catch (RuntimeException fault) {
            session.abort();
            throw fault;
        }
    }

    /// The server's process behind this connection, as `pg_stat_replication` names it.
    public int backendPid() {
        return session.backendPid();
    }

    /// 15 to 18.
    public int serverMajor() {
        return session.major();
    }

    public boolean encrypted() {
        return session.encrypted();
    }

    public SystemIdentity identifySystem() {
        return command("identifying the system", () -> {
            Row row = onlyRow("IDENTIFY_SYSTEM");
            return new SystemIdentity(row.systemIdentifier(0), row.timeline(1), row.lsn(2));
        });
    }

    /// The value of a setting, as `SHOW` prints it.
    public String show(String setting) {
        if (!SETTING_NAME.matcher(setting).matches()) {
            throw new IllegalArgumentException("not the name of a setting: '" + setting + "'");
        }
        return command(
                "reading setting " + setting, () -> onlyRow("SHOW " + setting).text(0));
    }

    /// Where a physical slot stands; empty if there is no such slot. One that keeps no WAL, because it never did or
    /// because the server gave up on it, is `WAL_SLOT_LOST`.
    public Optional<SlotPosition> readSlot(String slot) {
        checkSlotName(slot);
        Row row = command("reading slot " + slot, () -> onlyRow("READ_REPLICATION_SLOT \"" + slot + "\""));
        if (row.isNull(0)) {
            return Optional.empty();
        }
        if (row.isNull(1) || row.isNull(2)) {
            throw new OperatorActionException(
                    FailureCode.WAL_SLOT_LOST,
                    "slot " + slot + " at " + session.address() + " keeps no wal",
                    "Drop it, let Walkback create it anew, and take a base backup: what it should have kept is gone.");
        }
        return Optional.of(new SlotPosition(row.lsn(1), row.timeline(2)));
    }

    /// Makes sure that a physical slot exists which keeps WAL from now on, and says where it stands. Safe to
    /// repeat.
    public SlotPosition ensureSlot(String slot) {
        Optional<SlotPosition> there = readSlot(slot);
        if (there.isEmpty()) {
            command(
                    "creating slot " + slot,
                    () -> onlyRow("CREATE_REPLICATION_SLOT \"" + slot + "\" PHYSICAL RESERVE_WAL"));
            there = readSlot(slot);
        }
        return there.orElseThrow(() -> wire.unexpected("slot " + slot + " is gone right after it was created"));
    }

    /// Drops a slot if it exists. One that somebody reads is `POSTGRES_SLOTS`.
    public void dropSlot(String slot) {
        checkSlotName(slot);
        if (command("reading slot " + slot, () -> onlyRow("READ_REPLICATION_SLOT \"" + slot + "\"")
                .isNull(0))) {
            return;
        }
        command("dropping slot " + slot, () -> {
            wire.command("DROP_REPLICATION_SLOT \"" + slot + "\"");
            wire.expect('C');
            wire.expect('Z');
            return slot;
        });
    }

    /// The history file of a timeline, byte for byte. Timeline 1 has none.
    public byte[] timelineHistory(TimelineId timeline) {
        return command("reading the history of timeline " + timeline, () -> {
            return onlyRow("TIMELINE_HISTORY " + timeline).bytes(1);
        });
    }

    /// Takes a base backup and pushes it into `sink`. Returns once the server has confirmed the end.
    public BaseBackupEnd baseBackup(BaseBackupOptions options, BaseBackupSink sink) {
        return command("taking a base backup", () -> new BaseBackupStream(wire, sink).run(options, silenceLimit));
    }

    /// Prepares a stream of WAL through a slot; [WalStream#run] starts it.
    ///
    /// @param start begin at a segment boundary, so that whole segments come out
    public WalStream walStream(String slot, Lsn start, TimelineId timeline, Clock clock) {
        checkSlotName(slot);
        return new WalStream(this, wire, new WalStream.From(slot, start, timeline), silenceLimit, clock);
    }

    /// The same without a slot, for WAL that the server has anyway: it may remove what was not sent yet.
    public WalStream walStream(Lsn start, TimelineId timeline, Clock clock) {
        return new WalStream(this, wire, new WalStream.From(null, start, timeline), silenceLimit, clock);
    }

    /// Cuts the connection at once, whatever it is doing. Safe from any thread.
    public void abort() {
        session.abort();
    }

    /// Says goodbye between commands, cuts the connection in the midst of one. Safe from any thread.
    @Override
    public void close() {
        if (busy) {
            session.abort();
        } else {
            session.close();
        }
    }

    <T> T command(String doing, Supplier<T> exchange) {
        if (session.ended()) {
            throw new IllegalStateException(doing + " on a connection that was closed or cut by a fault");
        }
        wire.doing(doing);
        busy = true;
        boolean whole = false;
        try {
            T answer = exchange.get();
            whole = true;
            return answer;
        } finally {
            busy = false;
            if (!whole) {
                session.abort();
            }
        }
    }

    private Row onlyRow(String command) {
        wire.command(command);
        List<Row> rows = new ArrayList<>();
        for (char type = wire.next(); type != 'Z'; type = wire.next()) {
            switch (type) {
                case 'T', 'C' -> {}
                case 'D' -> rows.add(wire.row());
                default -> throw wire.unexpected("message '" + type + "' in a result");
            }
        }
        if (rows.size() != 1) {
            throw wire.unexpected(rows.size() + " rows instead of one");
        }
        return rows.getFirst();
    }

    private static void checkSlotName(String slot) {
        if (!SLOT_NAME.matcher(slot).matches()) {
            throw new IllegalArgumentException("not the name of a slot: '" + slot + "'");
        }
    }
}
