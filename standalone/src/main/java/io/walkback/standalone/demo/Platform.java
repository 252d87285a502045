package io.walkback.standalone.demo;

import io.walkback.client.BackupForm;
import io.walkback.client.BackupView;
import io.walkback.client.OperationView;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.PlatformException;
import io.walkback.embedded.Parts;
import io.walkback.standalone.up.Settings;
import io.walkback.standalone.up.Up;
import io.walkback.standalone.up.UpOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/// The platform that the demo runs on, started in the background while the database is filled.
final class Platform implements AutoCloseable {
    /// The name that restores ask for.
    static final String HOST = "demo-host";
    /// Six seconds of silence instead of sixty, so that a takeover can be watched.
    private static final String LEASE = "6s";

    private static final Duration OPERATION = Duration.ofSeconds(90);
    private static final Duration END = Duration.ofMinutes(2);

    private final FutureTask<Up> start;
    private final Thread starter;

    private Platform(FutureTask<Up> start) {
        this.start = start;
        this.starter = Thread.ofPlatform().name("platform-start").start(start);
    }

    static Platform start(Path data, Path root, Parts parts, CaptureEndpoint capture, Consumer<String> progress) {
        UpOptions options = UpOptions.in(data).withApiPort(0);
        Settings settings = settings(data, capture);
        return new Platform(new FutureTask<>(() -> Up.start(options, settings, root, parts, progress)));
    }

    /// Every setting that the environment of whoever starts the demo may have is given a value: the demo alarms
    /// nobody and writes nowhere else.
    private static Settings settings(Path data, CaptureEndpoint capture) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("BACKUP_ENABLED", "false");
        settings.put("BACKUP_RETENTION_DAYS", "30");
        settings.put("WAL_ARCHIVE_DIR", data.resolve("state/backup-worker/wal").toString());
        settings.put("WALKBACK_NODE_NAME", HOST);
        settings.put("WALKBACK_ENVIRONMENT", "demo");
        settings.put("WALKBACK_OPERATIONS_LEASE", LEASE);
        settings.put("SLACK_WEBHOOK_URL", capture.slackUrl().toString());
        settings.put("PAGERDUTY_INTEGRATION_KEY", "0".repeat(32));
        settings.put("WALKBACK_ALERTING_PAGERDUTY_URL", capture.pagerDutyUrl().toString());
        return Settings.of(settings);
    }

    /// The platform, once it is ready.
    ///
    /// @throws PlatformException when it could not be started
    Up up() throws InterruptedException {
        try {
            return start.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof PlatformException cause) {
                throw cause;
            }
            throw new IllegalStateException("the platform could not be started", failed.getCause());
        }
    }

    /// Asks for a backup and waits until it is over.
    ///
    /// @throws CheckFailed unless it completed
    static BackupView backup(WalkbackClient api, String database) throws InterruptedException {
        String id = api.createBackup(BackupForm.of(database), null).operationId();
        completed(await(api, id));
        return api.backup(id, database);
    }

    /// Waits until an operation is over.
    static OperationView await(WalkbackClient api, String operation) throws InterruptedException {
        return api.await(operation, OPERATION, _ -> {});
    }

    /// @throws CheckFailed with the operation's problem unless it completed
    static OperationView completed(OperationView operation) {
        OperationView.Problem problem = operation.problem();
        CheckFailed.unless(
                operation.completed(),
                "operation " + operation.id() + " ended " + operation.state()
                        + (problem == null
                                ? ""
                                : ": " + problem.message() + " (" + problem.code() + "; " + problem.hint() + ")"));
        return operation;
    }

    @Override
    public void close() {
        starter.interrupt();
        try {
            if (!starter.join(END)) {
                throw new IllegalStateException("the start of the platform does not end");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (start.state() == FutureTask.State.SUCCESS) {
            start.resultNow().close();
        }
    }
}
