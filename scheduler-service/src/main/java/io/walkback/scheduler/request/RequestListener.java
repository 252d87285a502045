package io.walkback.scheduler.request;

import io.walkback.catalog.view.StateFollower;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.Event;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.operations.OperationLog;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/// Takes requests from their topics into the operation log. Its position moves on only after the log has the
/// answer.
@Component
public class RequestListener {
    private static final Logger LOG = LoggerFactory.getLogger(RequestListener.class);
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private final State state;
    private final StateFollower follower;
    private final RequestRules rules;
    private final OperationLog log;
    private final CommandWriter commands;
    private final Clock clock;

    RequestListener(
            State state,
            StateFollower follower,
            RequestRules rules,
            OperationLog log,
            CommandWriter commands,
            Clock clock) {
        this.state = state;
        this.follower = follower;
        this.rules = rules;
        this.log = log;
        this.commands = commands;
        this.clock = clock;
    }

    @KafkaListener(
            id = "scheduler-service.requests",
            groupId = "walkback.requests",
            topics = {
                "#{T(io.walkback.schemas.Topics).BACKUP_REQUESTED.name()}",
                "#{T(io.walkback.schemas.Topics).RESTORE_REQUESTED.name()}",
                "#{T(io.walkback.schemas.Topics).VERIFICATION_REQUESTED.name()}",
                "#{T(io.walkback.schemas.Topics).DRILL_REQUESTED.name()}",
                "#{T(io.walkback.schemas.Topics).EXPIRY_REQUESTED.name()}"
            })
    void onRequest(Event request) {
        String outcome = isKnown(request) ? "known" : open(request);
        LOG.atInfo()
                .addKeyValue("databaseId", request.database())
                .addKeyValue("operationId", RequestRules.operationId(request))
                .addKeyValue("outcome", outcome)
                .log("request handled");
    }

    /// A backup stays in the catalog when its operation is forgotten, and its id stays taken.
    private boolean isKnown(Event request) {
        OperationId id = RequestRules.operationId(request);
        return state.operation(request.database(), id).isPresent()
                || (request instanceof BackupRequested
                        && state.backups()
                                .find(State.key(request.database(), id))
                                .isPresent());
    }

    private String open(Event request) {
        OperationRecord record = rules.judge(request, clock.instant());
        if (dependsOnViews(record)) {
            // The name, the approval or missing WAL may have been written a moment ago, by another instance.
            catchUp();
            record = rules.judge(request, clock.instant());
        }
        if (record instanceof OperationRecord.Rejected rejected
                && rejected.problem().code() == FailureCode.APPROVAL_REQUIRED) {
            // Audited before it is answered: an entry without an answer is a crash, an answer without an entry a hole.
            commands.write(
                    new Act(
                            rejected.requestedBy(),
                            "request.destructive",
                            rejected.operation().value(),
                            rejected.database(),
                            AuditOutcome.DENIED,
                            rejected.operation().value(),
                            Map.of("code", rejected.problem().code().name())),
                    List.of());
        }
        append(record);
        return switch (record) {
            case OperationRecord.Rejected rejected -> rejected.problem().code().name();
            default -> "opened";
        };
    }

    private static boolean dependsOnViews(OperationRecord record) {
        return record instanceof OperationRecord.Rejected rejected
                && (rejected.problem().code() == FailureCode.DATABASE_UNKNOWN
                        || rejected.problem().code() == FailureCode.APPROVAL_REQUIRED
                        || rejected.problem().code() == FailureCode.TARGET_UNREACHABLE);
    }

    private void catchUp() {
        try {
            if (follower.catchUp(ANSWER)) {
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        throw new RetryableException(
                FailureCode.BROKER_UNAVAILABLE,
                "the inventory could not be read to its end within " + ANSWER.toSeconds() + " s",
                "See whether the brokers are up; the request is tried again.");
    }

    private void append(OperationRecord record) {
        try {
            log.append(record).get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof PlatformException ours) {
                throw ours;
            }
            throw new IllegalStateException("the log refused a record of ours", failed);
        } catch (TimeoutException | InterruptedException failed) {
            if (failed instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new RetryableException(
                    FailureCode.BROKER_UNAVAILABLE,
                    "the operation log did not take '" + record.operation() + "' within " + ANSWER.toSeconds() + " s",
                    "See whether the brokers are up; the request is tried again.",
                    failed);
        }
    }
}
