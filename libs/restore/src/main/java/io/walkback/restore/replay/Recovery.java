package io.walkback.restore.replay;

import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.PostgresServer;
import io.walkback.embedded.PostgresStatus;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.wal.WalArchive;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.plan.RestorePlan;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Replays WAL on a fetched copy until the server has promoted itself where the plan says, then shuts it down in
/// order.
///
/// Nobody can log in meanwhile. The server is a child of this process: it ends when this process does, and the copy
/// stays marked incomplete then.
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /// The last part of the socket's name; the server has no TCP port.
    public static final int PORT = 5432;

    private static final Duration LOOK = Duration.ofMillis(100);
    /// Without a new segment asked for. One segment is replayed in seconds; a checkpoint at the end of a recovery
    /// that touched all of a large `shared_buffers` takes minutes on slow disks.
    private static final Duration STALL = Duration.ofHours(1);

    private static final int LONGEST_TAIL = 8 << 10;

    private final RestorePlan plan;
    private final WalArchive archive;
    private final RunDirectory run;
    private final PostgresPrograms programs;
    private final Optional<ServerAccount> account;
    private final RestoreProgress progress;
    private final ServerTerms terms;

    public Recovery(
            RestorePlan plan,
            WalArchive archive,
            RunDirectory run,
            PostgresPrograms programs,
            Optional<ServerAccount> account,
            RestoreProgress progress) {
        this(plan, archive, run, programs, account, progress, ServerTerms.ORDINARY);
    }

    public Recovery(
            RestorePlan plan,
            WalArchive archive,
            RunDirectory run,
            PostgresPrograms programs,
            Optional<ServerAccount> account,
            RestoreProgress progress,
            ServerTerms terms) {
        this.plan = plan;
        this.archive = archive;
        this.run = run;
        this.programs = programs;
        this.account = account;
        this.progress = progress;
        this.terms = terms;
    }

    /// How long the parts took, in seconds.
    ///
    /// @param replay from the start of the server until it looked for its new timeline
    /// @param promote from there until it was open and shut down again
    public record Durations(double replay, double promote) {}

    /// Runs it. Throws what the WAL server could not hand out, or `RECOVERY_FAILED` with the end of the server's
    /// log.
    public Durations run() throws InterruptedException {
        Path walFolder = plan.directory().resolve("pg_wal");
        try (WalSupply supply = new WalSupply(archive, plan.wal(), walFolder, account);
                WalServer wal = WalServer.open(supply, walFolder, run.walSocket(), account)) {
            Wrapper wrapper = new Wrapper(run, account);
            wrapper.install();
            new Configuration(plan, account).recovering(wrapper.command());
            PostgresServer server = new PostgresServer(config(), terms.confinedTo());
            long started = System.nanoTime();
            try {
                server.launch();
                KillPoint.at(KillPoint.RESTORE_RECOVERING);
                awaitPromotion(server, supply, wal);
                server.stop();
            } finally {
                // After an orderly stop this does nothing; after a failure nobody needs a checkpoint.
                server.stopImmediately();
            }
            long ended = System.nanoTime();
            long promotion = supply.promotionNanos() == 0 ? ended : supply.promotionNanos();
            return new Durations((promotion - started) / 1e9, (ended - promotion) / 1e9);
        }
    }

    private PostgresConfig config() {
        try {
            Files.writeString(run.nobody(), "local all all reject\n");
            account.ifPresent(user -> user.own(run.nobody()));
        } catch (IOException failure) {
            throw FileFailures.of("write", run.nobody(), failure);
        }
        PostgresConfig config = PostgresConfig.of(programs, plan.directory())
                .withPort(PORT)
                .withLog(run.log())
                .withSocketOnly(run.path())
                .withOverride("hot_standby", "off")
                .withOverride("hba_file", run.nobody().toString());
        return terms.on(config, RecoverySettings.overrides(plan, run));
    }

    private void awaitPromotion(PostgresServer server, WalSupply supply, WalServer wal) throws InterruptedException {
        Lsn last = Lsn.INVALID;
        long moved = System.nanoTime();
        long total = plan.wal().end().minus(plan.start());
        while (server.status() != PostgresStatus.READY) {
            if (ended(server)) {
                throw failed(wal, "ended before it had reached its target");
            }
            Lsn now = supply.reached();
            if (now.isAfter(last)) {
                last = now;
                moved = System.nanoTime();
                progress.at("recovering", Math.min(total, now.minus(plan.start())), total, now);
            }
            if (System.nanoTime() - moved > STALL.toNanos()) {
                throw failed(wal, "asked for no wal for " + STALL.toMinutes() + " minutes");
            }
        }
        if (wal.failure().isPresent()) {
            throw failed(wal, "was promoted although wal could not be handed out");
        }
        LOG.atInfo().addKeyValue("lsn", last).log("restored server is promoted");
    }

    private static boolean ended(PostgresServer server) throws InterruptedException {
        try {
            return server.process().awaitExit(LOOK);
        } catch (RetryableException interrupted) {
            if (Thread.interrupted()) {
                throw (InterruptedException)
                        new InterruptedException("recovery was interrupted").initCause(interrupted);
            }
            throw interrupted;
        }
    }

    private PlatformException failed(WalServer wal, String what) {
        return wal.failure()
                .orElseGet(() -> new OperatorActionException(
                        FailureCode.RECOVERY_FAILED,
                        "the server " + what + "; its log ends: " + tail(run.log()),
                        "Read " + run.log() + ". The copy is marked incomplete, and nothing was promoted."));
    }

    /// The last lines of a log, 2000 characters at most.
    static String tail(Path log) {
        try (FileChannel file = FileChannel.open(log)) {
            // The source may have asked for a log of any size.
            file.position(Math.max(0, file.size() - LONGEST_TAIL));
            byte[] end = Channels.newInputStream(file).readNBytes(LONGEST_TAIL);
            String text = new String(end, StandardCharsets.UTF_8).strip();
            return text.substring(Math.max(0, text.length() - 2000));
        } catch (IOException unreadable) {
            return "(unreadable: " + unreadable + ")";
        }
    }
}
