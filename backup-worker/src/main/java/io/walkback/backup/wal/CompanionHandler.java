package io.walkback.backup.wal;

import io.walkback.backup.inventory.Databases;
import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.Resource;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.LiveOperations;
import io.walkback.tail.WalTails;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does operations of kind `WAL_COMPANION`: in another process than the one that brings the database's WAL into the
/// repository, since two receivers that end together are one. Where there is one worker only, nobody does them.
/// Thread-safe.
public final class CompanionHandler implements AttemptHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CompanionHandler.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    /// Who brings WAL into the repository.
    public interface First {
        /// Whether this process is to do it for a database now.
        boolean holds(DatabaseId database);

        /// Whether it does.
        boolean streams(DatabaseId database);
    }

    private final Databases databases;
    private final ServerAccess servers;
    private final Clusters clusters;
    private final WalTails tails;
    private final LiveOperations live;
    private final First first;
    private final Clock clock;
    private final int slots;

    /// @param first the first receivers of this process
    /// @param slots databases at once; each takes one walsender of its server and some MiB of memory
    public CompanionHandler(
            Databases databases,
            ServerAccess servers,
            Clusters clusters,
            WalTails tails,
            LiveOperations live,
            First first,
            Clock clock,
            int slots) {
        this.databases = databases;
        this.servers = servers;
        this.clusters = clusters;
        this.tails = tails;
        this.live = live;
        this.first = first;
        this.clock = clock;
        this.slots = slots;
    }

    @Override
    public OperationKind kind() {
        return OperationKind.WAL_COMPANION;
    }

    @Override
    public int slots() {
        return slots;
    }

    /// Once somebody else holds the reception.
    @Override
    public boolean canDo(Operation operation) {
        return databases.isReady()
                && !first.holds(operation.database())
                && live.all().stream()
                        .anyMatch(other -> other.kind() == OperationKind.WAL_RECEPTION
                                && other.database().equals(operation.database())
                                && other.holder().isPresent());
    }

    @Override
    public Needs needs(Operation operation) {
        return new Needs(Set.of(Resource.walCompanion(operation.database())), Set.of());
    }

    @Override
    public Result run(Attempt attempt) throws InterruptedException {
        DatabaseId database = attempt.operation().database();
        Duration pause = FIRST_PAUSE;
        while (!isOver(attempt)) {
            if (first.streams(database)) {
                // The other one was lost, and this process took it over: somebody else is to do this one. Until it
                // streams this one goes on, since it is all there is.
                return new Result.HandedBack();
            }
            DatabaseRegistration registration = databases.require(database);
            Companion companion = new Companion(
                    servers, clusters, tails, clock, attempt, registration, () -> first.streams(database));
            RetryableException fault = connect(attempt, companion);
            if (isOver(attempt)) {
                break;
            }
            pause = companion.streamed() ? FIRST_PAUSE : longer(pause);
            attempt.progress("waiting for the server", 0, null, null);
            LOG.atWarn()
                    .setCause(fault)
                    .addKeyValue("databaseId", database)
                    .addKeyValue("failureCode", fault.code())
                    .log("second wal receiver interrupted, tried again");
            // As long as a server may need to come back, and not all at once.
            Thread.sleep(pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis() / 2 + 1)));
        }
        throw new InterruptedException("the second receiver of " + database + " is over");
    }

    private static RetryableException connect(Attempt attempt, Companion companion) throws InterruptedException {
        try {
            return companion.run();
        } catch (RetryableException away) {
            return away;
        } catch (PlatformException fault) {
            if (isOver(attempt)) {
                throw new InterruptedException("the second receiver is over");
            }
            throw fault;
        }
    }

    private static boolean isOver(Attempt attempt) {
        return attempt.isOver() || Thread.currentThread().isInterrupted();
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }
}
