package io.walkback.backup.wal;

import io.walkback.backup.event.Announcements;
import io.walkback.backup.server.Clusters;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.WalSource;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.layout.Lineage;
import io.walkback.tail.TailLog;
import io.walkback.tail.TailTopics;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tail of one database as one attempt sees it: read before each connection, written beside it. For one thread.
///
/// Order: the topic is [#check]ed, what it holds is [#drain]ed without the server, the slot is taken over, and what
/// a predecessor wrote in between is drained too, before the archive is asked where it ends and before any WAL is
/// declared missing. Under a policy without a tail that is done until it was done whole once, and again after a
/// connection that wrote one.
///
/// Brokers that are away do not keep WAL from being received: the tail is left out, and is written again as soon as
/// they are back and the topic was found to be as it must be.
final class AttemptTail {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptTail.class);

    private final @Nullable TailTopics tails;
    private final Clusters clusters;
    private final Announcements announcements;
    private final Clock clock;
    private final Spools spools;
    private final Keeping.Pace pace;
    private final ReceptionMeters meters;
    /// The end of the topic up to which the repository has everything, -1 while that is not known.
    private long drainedTo = -1;
    /// Nothing is in the tail that the repository has not, and nobody adds to it.
    private boolean drained;
    /// Why the brokers could not be asked for this connection.
    private @Nullable RetryableException away;
    /// What was received last, while the store was there.
    private @Nullable Storeless received;
    /// The last connection ended for the store.
    private boolean storeAway;

    /// What it takes to go on without the store.
    ///
    /// @param lineage  its keys are known
    /// @param timeline its history is stored
    record Storeless(TailTopics tails, Lineage lineage, TimelineId timeline) {}

    /// @param tails null where this process reaches none
    AttemptTail(
            @Nullable TailTopics tails,
            Clusters clusters,
            Announcements announcements,
            Clock clock,
            Spools spools,
            Keeping.Pace pace,
            ReceptionMeters meters) {
        this.tails = tails;
        this.clusters = clusters;
        this.announcements = announcements;
        this.clock = clock;
        this.spools = spools;
        this.pace = pace;
        this.meters = meters;
    }

    /// Begins a connection: the topic is there and as it must be, or nothing is received under a policy that relies
    /// on it.
    void check(DatabaseRegistration registration) {
        away = null;
        if (tails == null || !registration.policy().hasTail()) {
            return;
        }
        try {
            tails.ensure(registration.id());
        } catch (RetryableException unchecked) {
            leaveOut(registration, unchecked);
        }
    }

    /// Throws where the brokers could not be asked, or the topic is not as it must be, for a connection that relies
    /// on them alone.
    void requireChecked(DatabaseRegistration registration) {
        check(registration);
        if (away != null) {
            throw away;
        }
    }

    /// Brings what the tail has into the repository: the server was told that it is safe, and may be gone, or may
    /// have removed it.
    ///
    /// @param taken the slot is this attempt's, so that nothing that anybody else writes is told to be safe
    /// @return why the brokers could not be asked
    Optional<RetryableException> drain(DatabaseRegistration registration, boolean taken) {
        if (tails == null || (drained && !registration.policy().hasTail())) {
            return Optional.empty();
        }
        if (away == null) {
            try {
                boolean all = drain(tails, registration);
                drained = taken && all && !registration.policy().hasTail();
            } catch (RetryableException unread) {
                leaveOut(registration, unread);
            }
        }
        return Optional.ofNullable(away);
    }

    /// The same once more during a connection without the store, after a look whether the store is there: a tail
    /// may be long by then.
    Optional<RetryableException> drainAgain(DatabaseRegistration registration, SystemIdentifier system) {
        var _ = clusters.repository().find(registration.id(), system);
        away = null;
        return drain(registration, true);
    }

    private void leaveOut(DatabaseRegistration registration, RetryableException fault) {
        if (fault.code() != FailureCode.BROKER_UNAVAILABLE) {
            throw fault;
        }
        LOG.atWarn()
                .setCause(fault)
                .addKeyValue("databaseId", registration.id())
                .log("the brokers of the wal tail are away: wal is received without it");
        away = fault;
    }

    private boolean drain(TailTopics topics, DatabaseRegistration registration) {
        Optional<TailLog> found = topics.find(registration.id());
        if (found.isEmpty()) {
            return true;
        }
        try (TailLog log = found.get()) {
            TailLog.Span span = log.span();
            if (span.end() != drainedTo) {
                boolean all = new TailDrain(system -> archiver(registration, system), spools, pace).run(log, span);
                drainedTo = all ? span.end() : -1;
            }
            return span.end() == drainedTo;
        }
    }

    private Optional<Archiver> archiver(DatabaseRegistration registration, SystemIdentifier system) {
        return clusters.repository()
                .find(registration.id(), system)
                .map(lineage -> new Archiver(
                        Clusters.locking(lineage, registration.policy().immutability()),
                        Clusters.forPieces(lineage, registration),
                        WalSource.STREAM,
                        announcements,
                        clock));
    }

    /// A connection with the store is over.
    void ended(RetryableException fault) {
        storeAway = fault.code() == FailureCode.STORE_UNAVAILABLE || fault.code() == FailureCode.KEY_UNAVAILABLE;
    }

    /// A connection without it is over. Where the server alone is to blame the next one is like it; else the store
    /// is asked again, which may be back where the brokers are not.
    void endedWithoutStore(RetryableException fault, boolean storeIsBack) {
        storeAway = !storeIsBack && fault.code() == FailureCode.POSTGRES_UNREACHABLE;
    }

    /// What the next connection is to go on with where the store is away; empty where it needs the store: it is
    /// there, or the policy wants no tail, or nothing was received with one by this attempt.
    Optional<Storeless> withoutStore(DatabaseRegistration registration) {
        return storeAway && registration.policy().hasTail() ? Optional.ofNullable(received) : Optional.empty();
    }

    /// The tail beside a connection; null where the policy wants none. The caller closes it.
    ///
    /// @param sealed as [TailTrim.Own] has it
    @Nullable
    ConnectionTail begin(
            DatabaseRegistration registration,
            LineageRepository lineage,
            TimelineId timeline,
            DurablePrefix sealed,
            ConnectionTail.Acknowledged acknowledged) {
        if (tails == null || !registration.policy().hasTail()) {
            return null;
        }
        drained = false;
        received = new Storeless(tails, lineage.lineage(), timeline);
        return new ConnectionTail(
                tails,
                lineage.lineage(),
                system -> archiver(registration, system),
                timeline,
                sealed,
                acknowledged,
                new ConnectionTail.LeftOut(pace.pieceEvery(), meters::leftOut),
                away == null);
    }
}
