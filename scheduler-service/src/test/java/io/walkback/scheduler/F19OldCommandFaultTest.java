package io.walkback.scheduler;

import static io.walkback.scheduler.Samples.NOW;
import static io.walkback.scheduler.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.catalog.projection.LogProjection;
import io.walkback.catalog.projection.Projected;
import io.walkback.domain.FailureCode;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupFailed;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.Resource;
import io.walkback.domain.operation.WorkerId;
import io.walkback.scheduler.command.Sent;
import io.walkback.scheduler.request.RequestRules;
import io.walkback.scheduler.trigger.Reconciler;
import io.walkback.scheduler.trigger.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// F19: a command that is very old when the outage is over is skipped as stale, for all to see, and the next
/// scheduled one runs. Trigger, rules, log, fold and projection as they are; only Kafka between them is missing.
class F19OldCommandFaultTest {
    private static final OperationId OLD = new OperationId("shop-20261122T120000Z");
    private static final OperationId NEXT = new OperationId("shop-20261122T130000Z");

    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);
    private final OperationFold fold = new OperationFold();
    private final List<Object> told = new ArrayList<>();
    private final Trigger trigger = new Trigger(filled.state, sent.commands, sent.clock, true);
    private final RequestRules rules =
            new RequestRules(filled.state::database, _ -> Optional.empty(), _ -> Optional.empty());
    private final Reconciler reconciler = new Reconciler(
            filled.state,
            record -> {
                append(record);
                return CompletableFuture.completedFuture(null);
            },
            sent.clock);
    private int offset;

    @BeforeEach
    void askEveryHour() {
        filled.put(Samples.database("shop", "0 0 * * * *", false), NOW.minus(Duration.ofDays(100)));
        trigger.tick();
    }

    @AfterEach
    void close() {
        filled.close();
    }

    /// Writes to the log what becomes of a request that is read now.
    private void deliver(OperationId id) {
        BackupRequested request = sent.messages(BackupRequested.class)
                .filter(asked -> asked.requestId().equals(id.value()))
                .findFirst()
                .orElseThrow();
        append(rules.judge(request, sent.clock.instant()));
    }

    private void append(OperationRecord record) {
        fold.apply(record, new Epoch("log", 0, offset++)).ifPresent(change -> {
            Projected projected = LogProjection.project(change, fold, _ -> Stream.empty());
            filled.put(projected.operation(), sent.clock.instant());
            told.addAll(projected.backups());
            told.addAll(projected.facts());
        });
    }

    private Operation seen(OperationId id) {
        return filled.state.operation(SHOP, id).orElseThrow();
    }

    private void mustBeStale() {
        assertThat(seen(OLD).state()).isInstanceOfSatisfying(OperationState.Rejected.class, end -> {
            assertThat(end.problem().code()).isEqualTo(FailureCode.REQUEST_STALE);
            assertThat(end.problem().message()).contains(OLD.value(), "2026-11-22T13:00:00Z");
        });
        assertThat(told)
                .filteredOn(BackupFailed.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(BackupFailed.class, failed -> {
                    assertThat(failed.backupId().value()).isEqualTo(OLD.value());
                    assertThat(failed.problem().code()).isEqualTo(FailureCode.REQUEST_STALE);
                    assertThat(failed.finalAttempt()).isTrue();
                });
    }

    private void theNextOneMustRun() {
        trigger.tick();
        deliver(NEXT);
        assertThat(seen(NEXT).state()).isInstanceOf(OperationState.Open.class);
        append(new OperationRecord.Claimed(
                SHOP,
                NEXT,
                1,
                new WorkerId("worker", new UUID(0, 1)),
                Set.of(Resource.base(SHOP)),
                Set.of(),
                sent.clock.instant()));
        assertThat(seen(NEXT).state()).isInstanceOf(OperationState.Claimed.class);
    }

    @Test // F19
    void aRequestThatNoWorkerTookDuringTheOutageIsSkippedAndTheNextOneRuns() {
        // Given
        deliver(OLD);
        reconciler.tick();
        assertThat(seen(OLD).state()).isInstanceOf(OperationState.Open.class);
        // When
        sent.clock.advance(Duration.ofMinutes(61));
        reconciler.tick();
        // Then
        mustBeStale();
        assertThat(told)
                .filteredOn(BackupCatalogEntry.class::isInstance)
                .extracting(entry -> ((BackupCatalogEntry) entry).status())
                .containsExactly(BackupStatus.REQUESTED, BackupStatus.FAILED);
        theNextOneMustRun();
    }

    @Test // F19
    void aRequestThatNobodyReadDuringTheOutageIsSkippedAndTheNextOneRuns() {
        // When
        sent.clock.advance(Duration.ofMinutes(61));
        deliver(OLD);
        // Then
        mustBeStale();
        theNextOneMustRun();
    }
}
