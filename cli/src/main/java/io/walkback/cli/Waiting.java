package io.walkback.cli;

import io.walkback.client.Accepted;
import io.walkback.client.OperationView;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.plan.PlannedRestore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What comes after a request was accepted: nothing more, or waiting for the end of its operation.
final class Waiting {
    private final Session session;

    Waiting(Session session) {
        this.session = session;
    }

    /// Prints the operation as it was accepted, or with `wait` as it ended; a bad end is thrown with its own code.
    ///
    /// @return 0, or for a plan the code of the check that would refuse it
    int follow(WalkbackClient client, Accepted accepted, boolean wait, Duration limit) throws InterruptedException {
        if (!wait) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("operation", accepted.operationId());
            if (accepted.backupId() != null) {
                fields.put("backup", accepted.backupId());
            }
            session.output().value(accepted, fields);
            return ExitCode.OK;
        }
        session.terminal().say("operation " + accepted.operationId());
        OperationView end;
        try (Progress progress = new Progress(session.terminal())) {
            end = client.await(accepted.operationId(), limit, seen -> show(progress, seen));
        }
        Optional<PlannedRestore> plan = end.plan();
        if (plan.isPresent()) {
            session.output().value(plan.get(), PlanText.fields(plan.get()));
            return PlanText.exitCode(plan.get());
        }
        session.output().value(end, fields(end));
        if (!end.completed()) {
            throw badEnd(end);
        }
        DrillCommands.judge(end);
        return ExitCode.OK;
    }

    private static void show(Progress progress, OperationView seen) {
        OperationView.Progress heartbeat = seen.progress();
        if (heartbeat != null) {
            progress.at(heartbeat.phase(), heartbeat.bytesDone(), heartbeat.bytesTotal());
        } else {
            progress.at(Texts.lower(seen.state()).replace('_', ' '), 0, null);
        }
    }

    static Map<String, @Nullable Object> fields(OperationView operation) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("operation", operation.id());
        fields.put("database", operation.database());
        fields.put("kind", Texts.lower(operation.kind()));
        fields.put("state", Texts.lower(operation.state()));
        fields.put("attempts", operation.attempts() + ", " + operation.attemptsLeft() + " left");
        fields.put("opened", operation.openedAt());
        fields.put("ended", operation.endedAt());
        fields.put("worker", operation.worker());
        fields.put("backup", operation.backupId());
        if (operation.command() != null) {
            fields.put("target", operation.command().target());
            fields.put("directory", operation.command().directory());
            fields.put("host", operation.command().host());
        }
        if (operation.progress() != null) {
            fields.put(
                    "progress",
                    operation.progress().phase() + ", "
                            + Bytes.text(operation.progress().bytesDone()));
        }
        fields.put("reached", operation.resultText("reachedLsn"));
        fields.put("last commit", operation.resultText("reachedTime"));
        fields.put("socket", operation.resultText("socket"));
        fields.put("bytes", operation.resultText("bytes"));
        fields.put("kept bytes", operation.resultText("keptBytes"));
        fields.put("start", operation.resultText("startLsn"));
        fields.put("stop", operation.resultText("stopLsn"));
        fields.put("verdict", operation.resultText("verdict"));
        fields.put("reason", operation.resultText("reason"));
        fields.put("object", operation.resultText("object"));
        fields.put("rto millis", operation.resultText("rtoMillis"));
        fields.put("rpo millis", operation.resultText("rpoMillis"));
        fields.put("isolation", operation.resultText("isolation"));
        fields.put("findings", operation.resultText("findings"));
        fields.put("first finding", operation.resultText("firstFinding"));
        if (operation.problem() != null) {
            fields.put(
                    "problem",
                    operation.problem().code() + ": " + operation.problem().message());
            fields.put("hint", operation.problem().hint());
        }
        return fields;
    }

    private static OperatorActionException badEnd(OperationView end) {
        OperationView.Problem problem = end.problem();
        if (problem == null) {
            return new OperatorActionException(
                    FailureCode.CANCELLED,
                    "operation '" + end.id() + "' ended " + Texts.lower(end.state()),
                    "Ask for it again when it is wanted after all.");
        }
        return new OperatorActionException(Texts.code(problem.code()), problem.message(), problem.hint());
    }
}
