package io.walkback.scheduler.trigger;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.SegmentFigures;
import io.walkback.domain.event.WalIndexChunk;
import io.walkback.postgres.connection.WalPosition;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Up to when the WAL of databases that push it is durable. Nobody holds a connection to their servers, so each is
/// asked every minute where its WAL ends, and that is compared with what the index says is in the repository:
///
/// - A whole segment is missing there: nothing is known to be durable beyond what was archived last.
/// - Only the unfinished segment is: PostgreSQL itself ends it after `archive_timeout` if anything was written that
///   could be lost, so that nothing in it is older. Without that setting, what was archived last counts.
/// - Not even that has begun: everything is durable, however long the server has been idle (pitfall 14).
///
/// What the server says of its archiver is not asked: an `archive_command` that throws files away succeeds, too.
/// Of a server that does not answer only what has been archived in the last hour counts. [#look] is for one
/// thread, the rest thread-safe.
public final class PushedWal implements AutoCloseable {
    /// How often each server is asked.
    static final Duration EVERY = Duration.ofMinutes(1);

    /// Servers asked at once: one that is away takes a connection attempt's time, and holds nobody else up.
    private static final int AT_ONCE = 8;

    private static final Logger LOG = LoggerFactory.getLogger(PushedWal.class);

    /// Asks one server. Throws a [PlatformException] when there is no answer.
    @FunctionalInterface
    public interface Servers {
        WalPosition ask(DatabaseRegistration registration);
    }

    /// What is known of one database.
    ///
    /// @param durableUntil everything written before was durable; null while nothing is known
    /// @param seen what the last look found, for people
    record Known(@Nullable Instant durableUntil, String seen) {}

    private final State state;
    private final Servers servers;
    private final Clock clock;
    private final Rounds rounds;
    private final Map<DatabaseId, Known> known = new ConcurrentHashMap<>();

    /// @param onFatal told of what is no answer and no silence of a server
    public PushedWal(State state, Servers servers, Clock clock, Consumer<Throwable> onFatal) {
        this.state = state;
        this.servers = servers;
        this.clock = clock;
        this.rounds = new Rounds("pushed-wal", AT_ONCE, clock, onFatal);
    }

    /// What the last look found; empty before the first.
    Optional<Known> of(DatabaseId database) {
        return Optional.ofNullable(known.get(database));
    }

    /// Whether nobody is being asked at the moment.
    boolean isQuiet() {
        return rounds.isQuiet();
    }

    /// Asks those whose turn it is, and waits for none of them.
    void look() {
        List<DatabaseRegistration> pushing = state.databases()
                .all()
                .filter(database -> database.policy().pushWal())
                .toList();
        known.keySet().retainAll(pushing.stream().map(DatabaseRegistration::id).collect(Collectors.toSet()));
        rounds.begin(pushing, database -> {
            Instant next = clock.instant().plus(EVERY);
            known.put(database.id(), ask(database));
            return next;
        });
    }

    private Known ask(DatabaseRegistration database) {
        // Before the question: what is archived meanwhile counts next time.
        Instant before = clock.instant();
        Optional<Instant> archived = archivedAt(database.id());
        try {
            return judge(database.id(), servers.ask(database), archived.orElse(null), before);
        } catch (PlatformException away) {
            LOG.atDebug()
                    .setCause(away)
                    .addKeyValue("databaseId", database.id())
                    .addKeyValue("failureCode", away.code())
                    .log("a server that pushes its wal did not say where it ends");
            // A server that is merely idle has archived nothing for long, too: that says nothing.
            return new Known(
                    archived.filter(at -> at.isAfter(before.minus(WalWatch.PATIENCE)))
                            .orElse(null),
                    "the server could not be asked: " + away.text());
        }
    }

    private Known judge(DatabaseId database, WalPosition server, @Nullable Instant archived, Instant now) {
        Optional<WalSegment> newest = newest(database, server);
        if (newest.isEmpty()) {
            return new Known(archived, "no segment of timeline " + server.timeline() + " has arrived");
        }
        Lsn end = newest.get().end();
        if (server.end().minus(end) >= newest.get().size()) {
            return new Known(
                    archived,
                    "the server is at " + server.end() + ", and segments after " + newest.get() + " have not arrived");
        }
        if (!server.end().isAfter(end)) {
            return new Known(now, "everything has arrived");
        }
        Instant switched = server.archiveTimeout().isZero() ? null : now.minus(server.archiveTimeout());
        Instant until = archived == null || (switched != null && switched.isAfter(archived)) ? switched : archived;
        return new Known(
                until,
                "the segment after " + newest.get() + " is not full"
                        + (switched == null ? ", and archive_timeout = 0 never ends it" : ""));
    }

    private Optional<Instant> archivedAt(DatabaseId database) {
        return state.walOf(database).map(WalIndexChunk::lastArchivedAt).max(Comparator.naturalOrder());
    }

    /// The last segment of the timeline that the server writes.
    private Optional<WalSegment> newest(DatabaseId database, WalPosition server) {
        return state.walOf(database)
                .filter(chunk -> chunk.timeline().equals(server.timeline()))
                .max(Comparator.comparing(WalIndexChunk::lastArchivedAt).thenComparing(WalIndexChunk::firstSegment))
                .map(PushedWal::last);
    }

    private static WalSegment last(WalIndexChunk chunk) {
        SegmentFigures segments = chunk.segments();
        return new WalSegment(chunk.timeline(), chunk.firstSegment() + segments.size() - 1L, chunk.segmentSize());
    }

    /// Ends what is being asked.
    @Override
    public void close() {
        rounds.close();
    }
}
