package io.walkback.domain.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/// Any history of three workers, two of them zombies, over two databases: what must hold after every record.
///
/// A history is drawn from a seed that a failing run prints. Each database is its own partition, as its key makes
/// it.
class OperationFoldPropertyTest {
    private static final Instant T0 = Instant.parse("2026-11-22T02:00:00Z");
    private static final List<DatabaseId> DATABASES = List.of(new DatabaseId("shop"), new DatabaseId("bank"));

    private record Entry(OperationRecord record, Epoch place) {}

    @Property(tries = 500)
    void holdsEachResourceOnceAndNeverLeavesATerminalState(@ForAll long seed) {
        OperationFold fold = new OperationFold();
        Map<OperationId, OperationState> ended = new HashMap<>();
        for (Entry entry : history(seed, 120)) {
            fold.apply(entry.record(), entry.place());
            Map<Resource, OperationId> holders = new HashMap<>();
            for (Operation operation : fold.all()) {
                operation.holder().ifPresent(held -> held.resources()
                        .forEach(resource -> assertThat(holders.put(resource, operation.id()))
                                .as("%s is held twice after %s", resource, entry)
                                .isNull()));
                if (ended.containsKey(operation.id())) {
                    assertThat(operation.state()).isEqualTo(ended.get(operation.id()));
                } else if (operation.state().isTerminal()) {
                    ended.put(operation.id(), operation.state());
                }
            }
        }
    }

    @Property(tries = 500)
    void marksNothingThatIsPinnedAndPinsNothingThatIsMarked(@ForAll long seed) {
        OperationFold fold = new OperationFold();
        for (Entry entry : history(seed, 120)) {
            fold.apply(entry.record(), entry.place());
            for (DatabaseId database : DATABASES) {
                Set<BackupId> pinned = new HashSet<>();
                Set<BackupId> held = new HashSet<>();
                Set<BackupId> marked = new HashSet<>();
                for (Operation operation : fold.of(database)) {
                    operation.holder().ifPresent(holder -> pinned.addAll(holder.pins()));
                    marked.addAll(operation.expiring());
                    if (operation.command() instanceof Command.Hold hold
                            && !operation.state().isTerminal()) {
                        held.add(hold.backup());
                    }
                }
                assertThat(Collections.disjoint(pinned, marked))
                        .as("after %s", entry)
                        .isTrue();
                assertThat(Collections.disjoint(held, marked))
                        .as("after %s", entry)
                        .isTrue();
            }
        }
    }

    @Property(tries = 300)
    void answersAlikeWhenRecordsAreReadTwice(@ForAll long seed) {
        List<Entry> history = history(seed, 120);
        Random random = new Random(seed);
        OperationFold again = new OperationFold();
        for (int i = 0; i < history.size(); i++) {
            apply(again, history.get(i));
            apply(again, history.get(random.nextInt(i + 1)));
        }
        assertThat(states(again)).isEqualTo(states(fold(history)));
    }

    @Property(tries = 300)
    void answersAlikeHoweverTheKeysInterleave(@ForAll long seed) {
        List<Entry> history = history(seed, 120);
        List<Entry> oneAfterTheOther = new ArrayList<>();
        for (int partition = DATABASES.size() - 1; partition >= 0; partition--) {
            int wanted = partition;
            history.stream().filter(e -> e.place().partition() == wanted).forEach(oneAfterTheOther::add);
        }
        assertThat(states(fold(oneAfterTheOther))).isEqualTo(states(fold(history)));
    }

    @Property(tries = 300)
    void answersAlikeAfterARestartFromASnapshot(@ForAll long seed) {
        List<Entry> history = history(seed, 120);
        int cut = new Random(seed).nextInt(history.size());
        OperationFold before = fold(history.subList(0, cut));
        OperationFold restarted = new OperationFold();
        before.all().forEach(restarted::restore);
        for (int partition = 0; partition < DATABASES.size(); partition++) {
            restarted.restoredUpTo(partition, before.position(partition));
        }
        // The log is read from its beginning again, as a reader does that does not trust its own position.
        history.forEach(entry -> apply(restarted, entry));
        assertThat(states(restarted)).isEqualTo(states(fold(history)));
    }

    /// Four days pass from record to record, so that ids become free and are opened anew within a history.
    @Property(tries = 500)
    void answersAlikeWhetherItForgetsOrNotAndAfterARestartFromWhatItKept(@ForAll long seed) {
        List<Entry> history = history(seed, 200, Duration.ofDays(4));
        Random random = new Random(seed);
        OperationFold whole = new OperationFold();
        OperationFold forgetting = new OperationFold();
        for (Entry entry : history) {
            assertThat(forgetting.apply(entry.record(), entry.place()))
                    .isEqualTo(whole.apply(entry.record(), entry.place()));
            if (random.nextInt(3) == 0) {
                forgetting.forget(entry.record().at(), 1 + random.nextInt(3));
            }
            if (random.nextInt(20) == 0) {
                forgetting = restarted(forgetting);
            }
            assertKept(forgetting, whole, entry.record().at());
        }
    }

    /// As a reader of the snapshot does it, which knows no position but the versions that it finds there.
    private static OperationFold restarted(OperationFold before) {
        OperationFold restarted = new OperationFold();
        for (Operation operation : before.all()) {
            restarted.restore(operation);
            restarted.restoredUpTo(DATABASES.indexOf(operation.database()), operation.stateVersion());
        }
        return restarted;
    }

    private static void assertKept(OperationFold forgetting, OperationFold whole, Instant now) {
        Map<OperationId, Operation> kept = states(forgetting);
        states(whole).forEach((id, operation) -> {
            if (kept.containsKey(id)) {
                assertThat(kept.get(id)).isEqualTo(operation);
            } else {
                assertThat(operation.overSince())
                        .hasValueSatisfying(over -> assertThat(over).isBefore(now.minus(OperationFold.KEPT)));
            }
        });
        assertThat(states(whole)).containsAllEntriesOf(kept);
    }

    @Test
    void drawsHistoriesInWhichSomethingIsForgottenAndOpenedAnew() {
        int forgotten = 0;
        int again = 0;
        for (long seed = 0; seed < 100; seed++) {
            OperationFold fold = new OperationFold();
            Set<OperationId> gone = new HashSet<>();
            for (Entry entry : history(seed, 200, Duration.ofDays(4))) {
                fold.apply(entry.record(), entry.place());
                again += gone.contains(entry.record().operation())
                                && fold.find(entry.record().operation()).isPresent()
                        ? 1
                        : 0;
                fold.forget(entry.record().at(), 10).forEach(operation -> gone.add(operation.id()));
            }
            forgotten += gone.size();
        }
        assertThat(forgotten).isGreaterThan(50);
        assertThat(again).isGreaterThan(10);
    }

    @Property(tries = 300) // P8, I5
    void letsOneEpochCommitAnOperation(@ForAll long seed) {
        OperationFold fold = new OperationFold();
        Map<OperationId, Epoch> committed = new HashMap<>();
        for (Entry entry : history(seed, 150)) {
            fold.apply(entry.record(), entry.place()).ifPresent(change -> {
                if (change.record() instanceof OperationRecord.Copied copied) {
                    assertThat(committed.put(copied.operation(), copied.epoch()))
                            .isNull();
                }
            });
        }
    }

    @Test
    void drawsHistoriesInWhichEveryKindOfRecordIsHeard() {
        Set<Class<?>> heard = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            OperationFold fold = new OperationFold();
            for (Entry entry : history(seed, 120)) {
                fold.apply(entry.record(), entry.place())
                        .ifPresent(change -> heard.add(change.record().getClass()));
            }
        }
        Set<Class<?>> all = new HashSet<>(List.of(OperationRecord.class.getPermittedSubclasses()));
        all.removeAll(heard);
        assertThat(all).isEmpty();
    }

    private static void apply(OperationFold fold, Entry entry) {
        fold.apply(entry.record(), entry.place());
    }

    private static OperationFold fold(List<Entry> history) {
        OperationFold fold = new OperationFold();
        history.forEach(entry -> apply(fold, entry));
        return fold;
    }

    private static Map<OperationId, Operation> states(OperationFold fold) {
        Map<OperationId, Operation> states = new HashMap<>();
        fold.all().forEach(operation -> states.put(operation.id(), operation));
        return states;
    }

    /// Draws records that are often, but by no means always, what the state expects: epochs of the present, of the
    /// past and of nobody; claims of the right and of a stale attempt; marks and pins of the same few backups.
    private static List<Entry> history(long seed, int length) {
        return history(seed, length, Duration.ZERO);
    }

    private static List<Entry> history(long seed, int length, Duration pace) {
        Random random = new Random(seed);
        OperationFold shadow = new OperationFold();
        long[] next = new long[DATABASES.size()];
        List<Epoch> epochs = new ArrayList<>(List.of(new Epoch("another-log", 0, 0)));
        List<Entry> history = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            int partition = random.nextInt(DATABASES.size());
            // Offsets have gaps, as transaction markers leave them.
            next[partition] += 1 + random.nextInt(2);
            Epoch place = new Epoch("log", partition, next[partition]);
            OperationRecord record =
                    draw(random, DATABASES.get(partition), shadow, epochs, T0.plus(pace.multipliedBy(i)));
            if (record instanceof OperationRecord.Claimed) {
                epochs.add(place);
            }
            shadow.apply(record, place);
            history.add(new Entry(record, place));
        }
        return history;
    }

    private static OperationRecord draw(
            Random random, DatabaseId database, OperationFold shadow, List<Epoch> epochs, Instant at) {
        String[] names = {"b1", "b2", "r1", "x1", "w1", "h1"};
        String name = names[random.nextInt(names.length)];
        OperationId id = new OperationId(name + "-" + database);
        Operation known = shadow.find(id).orElse(null);
        Epoch current = known == null
                ? epochs.getFirst()
                : known.holder().map(OperationState.Claimed::epoch).orElse(epochs.getLast());
        if (known != null && known.state() instanceof OperationState.AwaitingWal waiting) {
            current = waiting.epoch();
        }
        Epoch epoch = random.nextInt(4) == 0 ? epochs.get(random.nextInt(epochs.size())) : current;
        WorkerId worker = new WorkerId("worker", new UUID(0, random.nextInt(3)));
        BackupId backup = new BackupId("old" + random.nextInt(2));
        Problem problem = new Problem(FailureCode.POSTGRES_UNREACHABLE, "m", "h");
        boolean isBackup = name.startsWith("b");
        return switch (random.nextInt(15)) {
            case 0, 1 ->
                new OperationRecord.Opened(
                        database, id, command(name), Map.of(), 1 + random.nextInt(3), "cron", null, at);
            case 2, 3, 4, 5 ->
                new OperationRecord.Claimed(
                        database,
                        id,
                        (known == null ? 0 : known.attempts()) + (random.nextInt(5) == 0 ? 0 : 1),
                        worker,
                        Set.of(isBackup ? Resource.base(database) : new Resource(name + "-" + database)),
                        random.nextBoolean() ? Set.of(backup) : Set.of(),
                        at);
            case 6 ->
                isBackup && (known == null || known.state().isTerminal())
                        ? new OperationRecord.Found(
                                database, id, OperationFoldCase.facts(id.value()), name.equals("b1"), "dba", at)
                        : new OperationRecord.Copied(database, id, epoch, OperationFoldCase.facts(name), at);
            case 7 -> new OperationRecord.Completed(database, id, epoch, OperationFoldCase.facts(name), at);
            case 8 -> new OperationRecord.AttemptFailed(database, id, epoch, problem, random.nextBoolean(), at);
            case 9 -> new OperationRecord.AttemptLost(database, id, epoch, worker, at);
            case 10 -> new OperationRecord.HandedBack(database, id, epoch, at);
            case 11 ->
                random.nextInt(4) == 0
                        ? new OperationRecord.CancelRequested(database, id, "dba", at)
                        : new OperationRecord.Renewed(database, id, epoch, at);
            case 12 ->
                random.nextBoolean()
                        ? new OperationRecord.Paused(database, id, "dba", at)
                        : new OperationRecord.Released(database, id, "dba", at);
            case 13 ->
                random.nextInt(3) == 0
                        ? new OperationRecord.Expired(database, id, backup, "policy", at)
                        : new OperationRecord.Expiring(database, id, epoch, backup, at);
            default ->
                switch (random.nextInt(3)) {
                    case 0 -> new OperationRecord.Skipped(database, id, problem, at);
                    case 1 -> new OperationRecord.Rejected(database, id, OperationKind.RESTORE, "api", problem, at);
                    default -> new OperationRecord.Cancelled(database, id, epoch, at);
                };
        };
    }

    private static Command command(String name) {
        return switch (name.charAt(0)) {
            case 'b' -> new Command.TakeBackup(new BackupId(name));
            case 'r' -> new Command.Restore(null, new RecoveryTarget.Latest(), null, "host", "/target", Map.of(), true);
            case 'x' -> new Command.Expire();
            case 'h' -> new Command.Hold(new BackupId("old1"), "audit", null);
            default -> new Command.ReceiveWal();
        };
    }
}
