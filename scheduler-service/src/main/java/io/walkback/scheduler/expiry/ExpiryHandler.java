package io.walkback.scheduler.expiry;

import io.walkback.catalog.view.StateFollower;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.Resource;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.LiveOperations;
import io.walkback.operations.OperationLog;
import io.walkback.repository.Repository;
import io.walkback.repository.expiry.ExpiryReport;
import io.walkback.repository.expiry.ExpiryReport.Outcome;
import io.walkback.repository.expiry.RepositoryExpiry;
import io.walkback.repository.expiry.Tally;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does operations of kind `EXPIRY`. Thread-safe.
public final class ExpiryHandler implements AttemptHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryHandler.class);
    private static final Duration CATCHING_UP = Duration.ofSeconds(60);
    /// Listings are long and deletes are many; two databases at once do not starve the API.
    private static final int SLOTS = 2;

    private final State state;
    private final StateFollower follower;
    private final RepositoryAccess repository;
    private final ExpiryInCopy copy;
    private final Retentions retentions;
    private final CommandWriter commands;
    private final LiveOperations live;
    private final OperationLog log;
    private final Clock clock;

    public ExpiryHandler(
            State state,
            StateFollower follower,
            RepositoryAccess repository,
            SecondPlace second,
            Retentions retentions,
            CommandWriter commands,
            LiveOperations live,
            OperationLog log,
            Clock clock) {
        this.state = state;
        this.follower = follower;
        this.repository = repository;
        this.copy = new ExpiryInCopy(second, state, clock);
        this.retentions = retentions;
        this.commands = commands;
        this.live = live;
        this.log = log;
        this.clock = clock;
    }

    @Override
    public OperationKind kind() {
        return OperationKind.EXPIRY;
    }

    @Override
    public int slots() {
        return SLOTS;
    }

    @Override
    public boolean canDo(Operation operation) {
        return repository.isConfigured();
    }

    /// Holds the deleting of the database, and pins nothing.
    @Override
    public Needs needs(Operation operation) {
        return new Needs(Set.of(Resource.expiry(operation.database())), Set.of());
    }

    @Override
    public Result run(Attempt attempt) throws InterruptedException {
        DatabaseId database = attempt.operation().database();
        attempt.progress("catching up", 0, null, null);
        requireCurrentCatalog(attempt);
        DatabaseRegistration registration = state.database(database)
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.DATABASE_UNKNOWN,
                        "database '" + database + "' is not registered any more",
                        "Its backups stay; register it again to have them expire by a policy."));
        try (Repository open = repository.open()) {
            RepositoryExpiry expiry = new RepositoryExpiry(open, database);
            attempt.progress("deciding", 0, null, null);
            Retentions.Decided decided = retentions.decide(expiry, database, registration.policy(), live.all());
            attempt.progress("deleting", 0, null, null);
            LogOfExpiry held = new LogOfExpiry(
                    database,
                    attempt.operation().id(),
                    attempt.epoch(),
                    () -> requireHeld(attempt),
                    log,
                    commands,
                    state,
                    clock);
            ExpiryReport report = expiry.execute(decided.plan(), decided.backups(), decided.survey(), held);
            tell(database, "expiry done", report);
            attempt.progress("deleting in the copy", 0, null, null);
            Optional<ExpiryReport> second = copy.run(database, decided, held);
            second.ifPresent(each -> tell(database, "expiry done in the copy", each));
            return new Result.Done(facts(report, second));
        }
    }

    private static void requireHeld(Attempt attempt) throws InterruptedException {
        if (attempt.isOver()) {
            throw new InterruptedException("the expiry is over");
        }
        attempt.requireRecentRenewal();
    }

    /// Backups are those of the repository; what was deleted and what locks keep, of its copy too.
    private static Facts.Expired facts(ExpiryReport report, Optional<ExpiryReport> copy) {
        Tally deleted = copy.map(ExpiryReport::total).orElse(Tally.NOTHING).plus(report.total());
        return new Facts.Expired(
                removed(report),
                deleted.objects(),
                deleted.bytes(),
                report.retained() + copy.map(ExpiryReport::retained).orElse(0L));
    }

    private static long removed(ExpiryReport report) {
        return report.backups().stream()
                .filter(fate -> fate.outcome() == Outcome.REMOVED)
                .count();
    }

    private static void tell(DatabaseId database, String what, ExpiryReport report) {
        LOG.atInfo()
                .addKeyValue("databaseId", database)
                .addKeyValue("backups", removed(report))
                .addKeyValue("objects", report.total().objects())
                .addKeyValue("bytes", report.total().bytes())
                .addKeyValue("retained", report.retained())
                .log(what);
    }

    /// Everything that the log said before this expiry's claim is in the catalog (F44).
    private void requireCurrentCatalog(Attempt attempt) throws InterruptedException {
        String key =
                State.key(attempt.operation().database(), attempt.operation().id());
        boolean projected = state.operations()
                .await(key, now -> now.stateVersion() >= attempt.epoch().offset(), CATCHING_UP)
                .isPresent();
        if (!projected || !follower.catchUp(CATCHING_UP)) {
            throw new RetryableException(
                    FailureCode.CATALOG_MISMATCH,
                    "the catalog did not follow the log up to this expiry within " + CATCHING_UP.toSeconds() + " s",
                    "See whether the projector of a scheduler-service runs; nothing was deleted.");
        }
    }
}
