package io.walkback.backup.wal;

import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.operations.Attempt;
import io.walkback.postgres.connection.PostgresFailures;
import io.walkback.postgres.connection.ReceiverPosition;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.postgres.replication.ReplicationConnection;
import io.walkback.postgres.replication.SystemIdentity;
import io.walkback.postgres.replication.WalStreamEnd;
import io.walkback.postgres.wal.WalSource;
import io.walkback.repository.LineageRepository;
import io.walkback.tail.WalTails;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One connection of the second receiver: what comes is checked and goes into the tail, and nowhere else. For one
/// attempt and one thread.
///
/// What it tells the server releases every commit before that position, so all WAL before it must be durable. Each
/// connection therefore begins where the first receiver says that it is, waits where that one is not there, and
/// ends with whatever ends its timeline or is not taken by the brokers; nothing behind a hole is told to be
/// durable.
///
/// It has no slot. The first receiver's keeps what both need, nothing is left behind on the server, and where the
/// server has removed what is asked for the first receiver is further already.
final class Companion {
    static final String NAME = "walkback_b";

    private final ServerAccess servers;
    private final Clusters clusters;
    private final WalTails tails;
    private final Clock clock;
    private final Attempt attempt;
    private final DatabaseRegistration registration;
    private final BooleanSupplier unwanted;
    private boolean streamed;

    /// @param unwanted whether somebody else is to do this now
    Companion(
            ServerAccess servers,
            Clusters clusters,
            WalTails tails,
            Clock clock,
            Attempt attempt,
            DatabaseRegistration registration,
            BooleanSupplier unwanted) {
        this.servers = servers;
        this.clusters = clusters;
        this.tails = tails;
        this.clock = clock;
        this.attempt = attempt;
        this.registration = registration;
        this.unwanted = unwanted;
    }

    /// Whether it ever received something.
    boolean streamed() {
        return streamed;
    }

    /// Receives until something ends it, and never returns well.
    RetryableException run() {
        tails.ensure(registration.id());
        ServerFacts server = servers.facts(registration);
        LineageRepository lineage = clusters.open(registration, server);
        try (ReplicationConnection connection = servers.replication(registration, NAME)) {
            SystemIdentity identity = connection.identifySystem();
            Clusters.requireRegistered(registration, identity.identifier());
            TimelineHistory history = Timelines.known(connection, identity.timeline());
            Frontier from = Frontier.at(history, firstReceiver(connection), server.walSegmentSize());
            return switch (receive(connection, lineage, server, history, from)) {
                case WalStreamEnd.TimelineSwitched(Lsn end, TimelineId next, Lsn _) ->
                    away("timeline " + from.timeline() + " ended at " + end + ", " + next + " goes on", null);
                case WalStreamEnd.ServerShutdown(Lsn end) ->
                    away("the server shut down after it had sent wal up to " + end, null);
                case WalStreamEnd.Stopped(Lsn end) -> away("reception was stopped at " + end, null);
            };
        } catch (OperatorActionException removed) {
            if (removed.code() != FailureCode.WAL_SLOT_LOST) {
                throw removed;
            }
            return away("the server no longer has the wal that the second receiver asked for", removed);
        }
    }

    /// Everything before it is durable, or declared missing.
    private Lsn firstReceiver(ReplicationConnection connection) {
        String address = servers.address(registration);
        try (Connection sql = servers.sql(registration)) {
            return ReceiverPosition.flushed(sql, registration.id().slotName(), connection.backendPid(), address)
                    .orElseThrow(() -> away("nobody receives wal of it into the repository", null));
        } catch (SQLException closing) {
            throw PostgresFailures.of(closing, "closing", address);
        }
    }

    private RetryableException away(String text, @Nullable Exception cause) {
        return new RetryableException(
                FailureCode.POSTGRES_UNREACHABLE,
                "second receiver of " + registration.id() + " at " + servers.address(registration) + ": " + text,
                "It begins again where the first receiver is.",
                cause);
    }

    private WalStreamEnd receive(
            ReplicationConnection connection,
            LineageRepository lineage,
            ServerFacts server,
            TimelineHistory newest,
            Frontier from) {
        WalSource source = new WalSource(
                server.major(),
                lineage.lineage().system(),
                Timelines.upTo(newest, from.timeline()),
                server.walSegmentSize());
        TailStream stream = new TailStream(
                connection.walStream(from.next(), from.timeline(), clock), source, from.next(), new TailStream.Owner() {
                    @Override
                    public void heard(Lsn end, Lsn received) {
                        if (unwanted.getAsBoolean()) {
                            throw away("this process brings the wal into the repository now", null);
                        }
                        attempt.progress("receiving for the tail", received.minus(from.next()), null, end);
                    }

                    @Override
                    public RetryableException notTaken(Lsn behind, @Nullable Exception cause) {
                        return new RetryableException(
                                FailureCode.BROKER_UNAVAILABLE,
                                "the brokers do not take the wal of " + registration.id() + " behind " + behind,
                                "See the brokers; the second receiver begins again where the first one is.",
                                cause);
                    }
                });
        try {
            return stream.run(
                    listener -> tails.writer(registration.id(), lineage.lineage(), from.timeline(), listener));
        } finally {
            streamed = stream.streamed();
        }
    }
}
