package io.walkback.restore.worker;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.Resource;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.restore.RestoreEngine;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.preview.Rates;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Restores of this host. Thread-safe.
final class RestoreHandler implements AttemptHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreHandler.class);
    /// Preparations that are remembered; the oldest are made again when somebody asks.
    private static final int MOST_PREPARED = 1000;
    /// Between two looks at whether the brokers answer again.
    private static final Duration WAIT = Duration.ofSeconds(1);

    /// Stands for needs that are not known yet; no real resource has that name.
    private static final Needs BEING_MADE = new Needs(Set.of(new Resource("being made")), Set.of());

    private final String node;
    private final int slots;
    private final Supplier<RestoreEngine> engine;
    private final TailWait tail;
    /// Of the last restore that this process has done.
    private volatile Rates rates = Rates.ASSUMED;
    private final Map<Key, Needs> prepared = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Needs> eldest) {
            return size() > MOST_PREPARED;
        }
    };

    /// A later attempt is planned anew: the archive has grown since.
    private record Key(OperationId operation, int attempts) {}

    /// @param node the host name that requests name
    /// @param engine asked for each piece of work; throws while the repository cannot be opened
    /// @param tail   waited for before each restore
    RestoreHandler(String node, int slots, Supplier<RestoreEngine> engine, TailWait tail) {
        this.node = node;
        this.slots = slots;
        this.engine = engine;
        this.tail = tail;
    }

    @Override
    public OperationKind kind() {
        return OperationKind.RESTORE;
    }

    @Override
    public int slots() {
        return slots;
    }

    /// True once it is known what the claim needs; asking begins to find out.
    @Override
    public boolean canDo(Operation operation) {
        if (!(operation.command() instanceof Command.Restore restore)
                || !restore.host().equals(node)) {
            return false;
        }
        Key key = new Key(operation.id(), operation.attempts());
        Needs needs = remembered(key);
        if (needs == null) {
            remember(key, BEING_MADE);
            Thread.ofVirtual()
                    .name("prepare-" + operation.id())
                    .start(() -> remember(key, prepare(operation, restore)));
        }
        return needs != null && !isBeingMade(needs);
    }

    @Override
    public Needs needs(Operation operation) {
        Needs needs = remembered(new Key(operation.id(), operation.attempts()));
        if (needs == null || isBeingMade(needs)) {
            throw new IllegalStateException("needs of " + operation.id() + " are asked for before canDo said yes");
        }
        return needs;
    }

    private Needs prepare(Operation operation, Command.Restore restore) {
        try {
            RestorePlan plan = engine.get().plan(operation.database(), restore);
            if (restore.validateOnly()) {
                // It writes nothing, so it need not wait for whoever does.
                return new Needs(Set.of(), Set.of(plan.backup()));
            }
            return new Needs(Set.of(Resource.target(node, plan.directory().toString())), Set.of(plan.backup()));
        } catch (PlatformException refused) {
            LOG.atInfo()
                    .addKeyValue("operationId", operation.id())
                    .addKeyValue("failureCode", refused.code())
                    .log("restore cannot be planned, its attempt will say why");
        } catch (RuntimeException fault) {
            LOG.atError()
                    .setCause(fault)
                    .addKeyValue("operationId", operation.id())
                    .log("restore not planned");
        }
        BackupId explicit = restore.backup();
        return new Needs(
                restore.validateOnly() ? Set.of() : Set.of(Resource.target(node, restore.directory())),
                explicit == null ? Set.of() : Set.of(explicit));
    }

    @Override
    public Result run(Attempt attempt) throws InterruptedException {
        Operation operation = attempt.operation();
        if (!(operation.command() instanceof Command.Restore restore)) {
            throw new IllegalStateException("a restore without its command: " + operation.id());
        }
        Command.Restore pinned = operation
                .holder()
                .flatMap(held -> held.pins().stream().findFirst())
                .map(restore::from)
                .orElse(restore);
        if (pinned.validateOnly()) {
            attempt.progress("planning", 0, null, null);
            return new Result.Done(new Facts.Planned(engine.get().preview(operation.database(), pinned, rates)));
        }
        Reporting progress = new Reporting(attempt);
        tail.await(operation.database(), pinned.target(), progress);
        RestoreEngine restorer = engine.get();
        Facts.Restored restored = restorer.restore(operation.id().toString(), operation.database(), pinned, progress);
        restorer.rates(operation.database(), restored).ifPresent(measured -> rates = measured);
        return new Result.Done(restored);
    }

    private static boolean isBeingMade(Needs needs) {
        return needs.equals(BEING_MADE);
    }

    private synchronized @Nullable Needs remembered(Key key) {
        return prepared.get(key);
    }

    private synchronized void remember(Key key, Needs needs) {
        prepared.put(key, needs);
    }

    private record Reporting(Attempt attempt) implements RestoreProgress {
        @Override
        public void at(String phase, long done, @Nullable Long total, @Nullable Lsn lsn) {
            attempt.progress(phase, done, total, lsn);
        }

        @Override
        public void comparing(long done, long kept, long total) {
            attempt.progress("comparing", done, kept, total, null);
        }

        /// The lock of the host is the fence against others on it; this one stops an attempt that everybody else
        /// believes to be lost. It waits while the brokers are away (F09): nobody else can have the operation
        /// then.
        @Override
        public void beforeOpening() throws InterruptedException {
            while (true) {
                try {
                    attempt.requireRecentRenewal();
                    return;
                } catch (RetryableException stale) {
                    if (attempt.isOver()) {
                        throw stale;
                    }
                    TimeUnit.MILLISECONDS.sleep(WAIT.toMillis());
                }
            }
        }
    }
}
