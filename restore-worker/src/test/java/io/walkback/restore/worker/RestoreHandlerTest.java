package io.walkback.restore.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Resource;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.TestAttempts;
import io.walkback.restore.RestoreEngine;
import io.walkback.restore.SmallRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreHandlerTest {
    private static final String MARKER = "walkback.incomplete";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private SmallRepository backups;
    private Path target;

    @BeforeEach
    void open() throws Exception {
        // The plan names real paths, whatever the temporary folder is called.
        folder = folder.toRealPath();
        backups = SmallRepository.in(folder);
        target = folder.resolve("copy");
    }

    @AfterEach
    void close() {
        backups.close();
    }

    private RestoreEngine engine() {
        return new RestoreEngine(backups.repository, Optional.empty());
    }

    private RestoreHandler handler(Supplier<RestoreEngine> engine) {
        return new RestoreHandler(
                "here", 2, engine, new TailWait((_, _) -> List.of(), () -> backups.repository, PATIENCE));
    }

    private Command.Restore restore(@Nullable String backup, String host) {
        return new Command.Restore(
                backup == null ? null : new BackupId(backup),
                new RecoveryTarget.Immediate(),
                null,
                host,
                target.toString(),
                Map.of(),
                false);
    }

    private Operation operation(Command command) {
        return TestAttempts.open(SmallRepository.SHOP, "restore-1", command);
    }

    private static void awaitPrepared(RestoreHandler handler, Operation operation) {
        await().atMost(PATIENCE).until(() -> handler.canDo(operation));
    }

    @Test
    void takesRestoresOfItsOwnHostOnly() {
        // Given
        AtomicInteger asked = new AtomicInteger();
        RestoreHandler handler = handler(() -> {
            asked.incrementAndGet();
            return engine();
        });
        // Then
        assertThat(handler.kind()).isEqualTo(OperationKind.RESTORE);
        assertThat(handler.slots()).isEqualTo(2);
        awaitPrepared(handler, operation(restore(null, "here")));
        int once = asked.get();
        assertThat(handler.canDo(operation(restore(null, "there")))).isFalse();
        assertThat(handler.canDo(operation(new Command.Verify(null)))).isFalse();
        assertThat(asked).hasValue(once).hasValue(1);
    }

    @Test // P5
    void pinsTheBackupThatThePlanChoseAndHoldsTheDirectory() {
        // Given
        backups.commit("b1", 0);
        backups.commit("b2", 10);
        RestoreHandler handler = handler(this::engine);
        Operation operation = operation(restore(null, "here"));
        // When
        awaitPrepared(handler, operation);
        // Then
        AttemptHandler.Needs needs = handler.needs(operation);
        assertThat(needs.pins()).containsExactly(new BackupId("b2"));
        assertThat(needs.resources()).containsExactly(Resource.target("here", target.toString()));
    }

    @Test
    void plansOffTheDecidingThreadBeforeItBids() throws Exception {
        // Given an archive that takes its time
        backups.commit("b1", 0);
        CountDownLatch slow = new CountDownLatch(1);
        CompletableFuture<Thread> planner = new CompletableFuture<>();
        RestoreHandler handler = handler(() -> {
            planner.complete(Thread.currentThread());
            try {
                assertThat(slow.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            return engine();
        });
        Operation operation = operation(restore(null, "here"));
        // When
        boolean ready = handler.canDo(operation);
        // Then nobody waits, and nobody bids with needs that are not known
        assertThat(ready).isFalse();
        assertThat(planner.get(20, TimeUnit.SECONDS)).isNotEqualTo(Thread.currentThread());
        assertThat(handler.canDo(operation)).isFalse();
        assertThatThrownBy(() -> handler.needs(operation))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("restore-1");
        slow.countDown();
        awaitPrepared(handler, operation);
        assertThat(handler.needs(operation).pins()).containsExactly(new BackupId("b1"));
    }

    @Test
    void plansEachAttemptAnewSinceTheArchiveHasGrown() {
        // Given
        backups.commit("b1", 0);
        RestoreHandler handler = handler(this::engine);
        Operation first = operation(restore(null, "here"));
        awaitPrepared(handler, first);
        backups.commit("b2", 10);
        Operation second = TestAttempts.openAgain(SmallRepository.SHOP, "restore-1", restore(null, "here"));
        // When
        awaitPrepared(handler, second);
        // Then
        assertThat(handler.needs(first).pins()).containsExactly(new BackupId("b1"));
        assertThat(handler.needs(second).pins()).containsExactly(new BackupId("b2"));
    }

    @Test // P12
    void bidsForARefusedRestoreSoThatItsAttemptSaysWhy() {
        // Given
        backups.commit("b1", 0);
        RestoreHandler handler = handler(this::engine);
        Command.Restore command = restore("b9", "here");
        Operation operation = operation(command);
        // When
        awaitPrepared(handler, operation);
        // Then what was asked for by name is pinned all the same
        assertThat(handler.needs(operation).pins()).containsExactly(new BackupId("b9"));
        assertThatThrownBy(() -> handler.run(TestAttempts.attempt(SmallRepository.SHOP, "restore-1", command)))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.code())
                        .isEqualTo(FailureCode.BACKUP_UNKNOWN));
        assertThat(target).doesNotExist();
    }

    @Test
    void aFaultOfOurOwnWhilePlanningDoesNotKeepTheOperationOpenForGood() {
        // Given
        RestoreHandler handler = handler(() -> {
            throw new IllegalStateException("a fault");
        });
        Operation operation = operation(restore(null, "here"));
        // When
        awaitPrepared(handler, operation);
        // Then
        assertThat(handler.needs(operation).pins()).isEmpty();
        assertThat(handler.needs(operation).resources()).hasSize(1);
    }

    @Test // P5
    void restoresThePinnedBackupAlthoughANewerOneIsThereByNow() throws Exception {
        // Given
        backups.commit("b1", 0);
        backups.commit("b2", 10);
        Attempt attempt =
                TestAttempts.attempt(SmallRepository.SHOP, "restore-1", restore(null, "here"), new BackupId("b1"));
        // When
        AttemptHandler.Result result = handler(this::engine).run(attempt);
        // Then
        Facts.Restored facts = (Facts.Restored) ((AttemptHandler.Result.Done) result).facts();
        assertThat(facts.backup()).isEqualTo(new BackupId("b1"));
        assertThat(facts.host()).isEqualTo("here");
        assertThat(facts.directory()).isEqualTo(target.toString());
        assertThat(target.resolve("backup_label")).hasContent("label of b1");
        assertThat(target.resolve("global/pg_control")).hasContent(SmallRepository.CONTROL);
        assertThat(target.resolve(MARKER)).doesNotExist();
    }

    private Command.Restore planned() {
        return new Command.Restore(
                null,
                new RecoveryTarget.Immediate(),
                null,
                "here",
                target.toString(),
                Map.of(),
                false,
                false,
                false,
                true,
                null,
                null,
                null);
    }

    @Test // P5
    void plansWithoutHoldingTheDirectoryWhereOnlyAPlanIsAskedFor() throws Exception {
        // Given
        backups.commit("b1", 0);
        backups.commit("b2", 10);
        RestoreHandler handler = handler(this::engine);
        // When
        Operation operation = operation(planned());
        awaitPrepared(handler, operation);
        AttemptHandler.Result result =
                handler.run(TestAttempts.attempt(SmallRepository.SHOP, "restore-1", planned(), new BackupId("b2")));
        // Then the backup is pinned while it is looked at, and nobody is kept from the directory
        assertThat(handler.needs(operation).resources()).isEmpty();
        assertThat(handler.needs(operation).pins()).containsExactly(new BackupId("b2"));
        Facts.Planned facts = (Facts.Planned) ((AttemptHandler.Result.Done) result).facts();
        assertThat(facts.plan().backup()).isEqualTo("b2");
        assertThat(facts.plan().digest()).startsWith("sha256:");
        assertThat(facts.plan().refusal()).isNull();
        assertThat(target).doesNotExist();
    }

    @Test // P8
    void tellsTheSameEndWhenItRunsTwice() throws Exception {
        // Given
        backups.commit("b1", 0);
        RestoreHandler handler = handler(this::engine);
        // When
        AttemptHandler.Result once =
                handler.run(TestAttempts.attempt(SmallRepository.SHOP, "restore-1", restore(null, "here")));
        AttemptHandler.Result again =
                handler.run(TestAttempts.attempt(SmallRepository.SHOP, "restore-1", restore(null, "here")));
        // Then
        assertThat(again).isEqualTo(once);
    }

    @Test // F09
    void waitsBeforeTheCopyCountsAsCompleteUntilAHeartbeatIsAcknowledged() throws Exception {
        // Given
        backups.commit("b1", 0);
        Attempt attempt = TestAttempts.staleAttempt(SmallRepository.SHOP, "restore-1", restore(null, "here"));
        Running running = Running.start(handler(this::engine), attempt);
        await().atMost(PATIENCE).until(() -> TestAttempts.phase(attempt).equals("syncing"));
        await().during(Duration.ofMillis(500)).until(() -> !running.result.isDone());
        assertThat(target.resolve(MARKER)).exists();
        // When
        TestAttempts.renew(attempt);
        // Then
        assertThat(running.result.get(20, TimeUnit.SECONDS)).isInstanceOf(AttemptHandler.Result.Done.class);
        assertThat(target.resolve(MARKER)).doesNotExist();
    }

    @Test // P8
    void aCancelledAttemptEndsAndLeavesTheDirectoryMarkedIncomplete() throws Exception {
        // Given
        backups.commit("b1", 0);
        Attempt attempt = TestAttempts.staleAttempt(SmallRepository.SHOP, "restore-1", restore(null, "here"));
        Running running = Running.start(handler(this::engine), attempt);
        await().atMost(PATIENCE).until(() -> TestAttempts.phase(attempt).equals("syncing"));
        // When
        TestAttempts.end(attempt);
        running.thread.interrupt();
        // Then
        assertThat(running.result).failsWithin(PATIENCE).withThrowableOfType(ExecutionException.class);
        assertThat(target.resolve(MARKER)).hasContent("operation=restore-1");
    }

    /// An attempt on a thread of its own, as the runtime runs it.
    private record Running(Thread thread, CompletableFuture<AttemptHandler.Result> result) {
        static Running start(RestoreHandler handler, Attempt attempt) {
            CompletableFuture<AttemptHandler.Result> result = new CompletableFuture<>();
            Thread thread = Thread.ofVirtual().start(() -> {
                try {
                    result.complete(handler.run(attempt));
                } catch (Throwable failure) {
                    result.completeExceptionally(failure);
                }
            });
            return new Running(thread, result);
        }
    }
}
