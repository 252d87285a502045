package io.walkback.restore.worker;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Resource;
import io.walkback.domain.operation.Verdict;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.repository.Repository;
import io.walkback.restore.proof.Rehearsal;
import io.walkback.restore.proof.Rehearsals;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rehearsals on this host, one at a time: two at once would measure one another. Any restore-worker may take one.
/// Thread-safe.
final class DrillHandler implements AttemptHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DrillHandler.class);
    /// Choices that are remembered; the oldest are made again when somebody asks.
    private static final int MOST_PREPARED = 1000;

    private final String node;
    private final Supplier<Repository> repository;
    private final Supplier<Rehearsals> rehearsals;
    private final DrillChoices choices;
    private final TailWait tail;
    private final Map<Key, Prepared> prepared = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Prepared> eldest) {
            return size() > MOST_PREPARED;
        }
    };

    /// A later attempt chooses anew: a backup may have gone since.
    private record Key(OperationId operation, int attempts) {}

    /// @param choice null while it is being made, and where there is none
    private record Prepared(boolean ready, DrillChoices.@Nullable Choice choice) {}

    /// @param node       the host that facts name
    /// @param repository asked for each piece of work; throws while the repository cannot be opened
    /// @param rehearsals likewise
    /// @param tail       waited for before each rehearsal of the latest position
    DrillHandler(
            String node,
            Supplier<Repository> repository,
            Supplier<Rehearsals> rehearsals,
            DrillChoices choices,
            TailWait tail) {
        this.node = node;
        this.repository = repository;
        this.rehearsals = rehearsals;
        this.choices = choices;
        this.tail = tail;
    }

    @Override
    public OperationKind kind() {
        return OperationKind.DRILL;
    }

    @Override
    public int slots() {
        return 1;
    }

    /// True once the backup is chosen, which asking begins.
    @Override
    public boolean canDo(Operation operation) {
        if (!(operation.command() instanceof Command.Rehearse command)) {
            return false;
        }
        Key key = new Key(operation.id(), operation.attempts());
        Prepared known = remembered(key);
        if (known == null) {
            remember(key, new Prepared(false, null));
            Thread.ofVirtual()
                    .name("prepare-" + operation.id())
                    .start(() -> remember(key, new Prepared(true, choose(operation, command))));
        }
        return known != null && known.ready();
    }

    @Override
    public Needs needs(Operation operation) {
        Prepared known = remembered(new Key(operation.id(), operation.attempts()));
        if (known == null || !known.ready()) {
            throw new IllegalStateException("needs of " + operation.id() + " are asked for before canDo said yes");
        }
        DrillChoices.Choice choice = known.choice();
        return new Needs(
                Set.of(Resource.drill(operation.database())), choice == null ? Set.of() : Set.of(choice.backup()));
    }

    private DrillChoices.@Nullable Choice choose(Operation operation, Command.Rehearse command) {
        try {
            return choices.choose(repository.get(), operation.database(), command);
        } catch (PlatformException refused) {
            LOG.atInfo()
                    .addKeyValue("operationId", operation.id())
                    .addKeyValue("failureCode", refused.code())
                    .log("backup to rehearse cannot be chosen, the attempt will say why");
        } catch (RuntimeException fault) {
            LOG.atError()
                    .setCause(fault)
                    .addKeyValue("operationId", operation.id())
                    .log("backup to rehearse not chosen");
        }
        return null;
    }

    @Override
    public Result run(Attempt attempt) throws InterruptedException {
        Operation operation = attempt.operation();
        if (!(operation.command() instanceof Command.Rehearse command)) {
            throw new IllegalStateException("a rehearsal without its command: " + operation.id());
        }
        // An attempt is counted with its claim: it was prepared under the number before.
        Prepared known = remembered(new Key(operation.id(), operation.attempts() - 1));
        DrillChoices.Choice choice = known == null || known.choice() == null
                ? choices.choose(repository.get(), operation.database(), command)
                : known.choice();
        requirePinned(operation, choice.backup());
        AttemptProgress progress = new AttemptProgress(attempt);
        tail.await(operation.database(), choice.target(), progress);
        Facts.Rehearsed facts = rehearse(operation, command, choice, progress);
        if (choice.byChance() && isBeyond(facts)) {
            // The end of the archive is not known before it is read, and chance may go past it: nothing was copied.
            facts = rehearse(
                    operation,
                    command,
                    new DrillChoices.Choice(choice.backup(), new RecoveryTarget.Latest(), false),
                    progress);
        }
        return new Result.Done(facts);
    }

    /// What is not pinned may be deleted while it is read, and would seem to be damaged.
    private static void requirePinned(Operation operation, BackupId backup) {
        boolean pinned =
                operation.holder().filter(held -> held.pins().contains(backup)).isPresent();
        if (!pinned) {
            throw new RetryableException(
                    FailureCode.BACKUP_UNKNOWN,
                    "backup " + backup + " is not pinned by this attempt, it was not there when the claim was made",
                    "The next attempt pins it.");
        }
    }

    private static boolean isBeyond(Facts.Rehearsed facts) {
        return facts.verdict() == Verdict.UNPROVEN
                && facts.phaseSeconds().isEmpty()
                && String.valueOf(facts.reason()).contains("TARGET_UNREACHABLE");
    }

    private Facts.Rehearsed rehearse(
            Operation operation, Command.Rehearse command, DrillChoices.Choice choice, AttemptProgress progress)
            throws InterruptedException {
        return rehearsals
                .get()
                .run(
                        new Rehearsal(
                                operation.id().toString(),
                                operation.database(),
                                choice.backup(),
                                choice.target(),
                                command.assertions(),
                                command.limit(),
                                node),
                        progress);
    }

    private synchronized @Nullable Prepared remembered(Key key) {
        return prepared.get(key);
    }

    private synchronized void remember(Key key, Prepared choice) {
        prepared.put(key, choice);
    }
}
