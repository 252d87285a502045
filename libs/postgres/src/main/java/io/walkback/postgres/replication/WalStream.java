package io.walkback.postgres.replication;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One `START_REPLICATION`, through a slot or without one.
///
/// [#run] reads on the caller's thread; a second thread tells the server the positions. What is reported as
/// flushed is only what the caller passes to [#advance]: PostgreSQL drops WAL and releases synchronous commits by
/// it (P6).
///
/// ```
/// 'w' start int64 | end int64 | clock int64 | WAL          'k' end int64 | clock int64 | answer wanted byte
/// W (d: w|k)* c  ->c  [T D C: next timeline, its start]  C Z
/// ```
public final class WalStream {
    /// @param slot null: the server keeps nothing for us
    record From(@Nullable String slot, Lsn start, TimelineId timeline) {
        String command() {
            return "START_REPLICATION " + (slot == null ? "" : "SLOT \"" + slot + "\" ") + "PHYSICAL " + start
                    + " TIMELINE " + timeline;
        }
    }

    private static final int WAL_HEADER = 25;

    private final ReplicationConnection connection;
    private final Wire wire;
    private final From from;
    private final Duration silenceLimit;
    private final StatusSender status;
    private volatile Lsn received;

    WalStream(ReplicationConnection connection, Wire wire, From from, Duration silenceLimit, Clock clock) {
        this.connection = connection;
        this.wire = wire;
        this.from = from;
        this.silenceLimit = silenceLimit;
        this.received = from.start();
        this.status = new StatusSender(wire, clock, silenceLimit, connection::abort);
    }

    /// Streams until the timeline ends, [#stop] is called, or the server shuts down. Call it once.
    ///
    /// Faults: `WAL_SLOT_LOST` where slot or WAL is gone, `POSTGRES_SLOTS` where another connection reads the slot,
    /// `TIMELINE_CHANGED` where the server's history does not hold the start, `POSTGRES_CONNECTION_LOST` where the
    /// server ends or falls silent.
    public WalStreamEnd run(WalSink sink) {
        return connection.command("streaming wal from " + from.start() + " on timeline " + from.timeline(), () -> {
            wire.silenceLimit(silenceLimit);
            wire.command(from.command());
            if (firstAnswer() != 'W') {
                // The timeline ends exactly where we asked to start: there is nothing to copy.
                return ended();
            }
            Thread sender =
                    Thread.ofVirtual().name("wal-status-" + from.start()).start(status::run);
            boolean whole = false;
            try {
                WalStreamEnd end = receive(sink);
                whole = true;
                return end;
            } finally {
                if (!whole) {
                    // First of all, so that a sender that waits for room in the socket wakes up and lets go of its
                    // lock.
                    connection.abort();
                }
                status.end();
                join(sender);
            }
        });
    }

    /// Everything before `written` is with us, everything before `flushed` is durable. Positions only move forward.
    public void advance(Lsn written, Lsn flushed) {
        status.advance(written, flushed);
    }

    /// Ends the stream in an orderly way; [#run] returns [WalStreamEnd.Stopped] once the server agrees.
    public void stop() {
        status.askToStop();
    }

    /// The end of what the sink was given.
    public Lsn received() {
        return received;
    }

    private char firstAnswer() {
        try {
            return wire.next();
        } catch (OperatorActionException refusal) {
            if (refusal.code() == FailureCode.POSTGRES_PROTOCOL) {
                throw new OperatorActionException(
                        FailureCode.TIMELINE_CHANGED,
                        refusal.text(),
                        "The server's history does not hold this position: it was restored or failed over.",
                        refusal);
            }
            throw refusal;
        }
    }

    private WalStreamEnd receive(WalSink sink) {
        while (true) {
            switch (wireNext()) {
                case 'd' -> copyData(sink);
                case 'c' -> {
                    copyDone();
                    wireNext();
                    return ended();
                }
                case 'C' -> {
                    return new WalStreamEnd.ServerShutdown(received);
                }
                default -> throw wire.unexpected("message '" + wire.type() + "' in the midst of wal");
            }
        }
    }

    /// A failure to send is the cause of the failed read that follows from it.
    private char wireNext() {
        try {
            return wire.next();
        } catch (PlatformException fault) {
            IOException sending = status.failure();
            if (sending != null) {
                fault.addSuppressed(sending);
            }
            throw fault;
        }
    }

    private void copyDone() {
        try {
            status.copyDone();
        } catch (IOException failure) {
            throw wire.lost(failure);
        }
    }

    private void copyData(WalSink sink) {
        char kind = (char) wire.byteAt(0);
        switch (kind) {
            case 'w' -> {
                status.heard(false);
                Lsn start = new Lsn(wire.longAt(1));
                int length = wire.length() - WAL_HEADER;
                if (!start.equals(received)) {
                    throw wire.unexpected("wal at " + start + " where " + received + " comes next");
                }
                Lsn serverEnd = new Lsn(wire.longAt(9));
                sink.data(start, wire.payload(), wire.start() + WAL_HEADER, length);
                received = start.plus(length);
                sink.serverPosition(serverEnd);
            }
            case 'k' -> {
                boolean asked = wire.byteAt(17) != 0;
                status.heard(asked);
                sink.serverPosition(new Lsn(wire.longAt(1)));
                if (asked) {
                    sink.flushWanted();
                }
            }
            default -> throw wire.unexpected("copy data of kind '" + kind + "' in the midst of wal");
        }
    }

    /// Reads on from the message in view to ReadyForQuery: a row, if any, names the next timeline.
    private WalStreamEnd ended() {
        WalStreamEnd end = new WalStreamEnd.Stopped(received);
        while (wire.type() != 'Z') {
            switch (wire.type()) {
                case 'T', 'C', 'c' -> {}
                case 'D' -> {
                    Row row = wire.row();
                    end = new WalStreamEnd.TimelineSwitched(received, row.timeline(0), row.lsn(1));
                }
                default -> throw wire.unexpected("message '" + wire.type() + "' at the end of wal");
            }
            wire.next();
        }
        return end;
    }

    private static void join(Thread sender) {
        boolean interrupted = false;
        while (true) {
            try {
                sender.join();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
