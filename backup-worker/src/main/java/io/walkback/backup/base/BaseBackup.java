package io.walkback.backup.base;

import io.walkback.backup.committed.CommittedBackup;
import io.walkback.backup.committed.NextBackup;
import io.walkback.backup.event.Announcements;
import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.operations.Attempt;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.postgres.replication.BaseBackupEnd;
import io.walkback.postgres.replication.BaseBackupOptions;
import io.walkback.postgres.replication.BaseBackupStart;
import io.walkback.postgres.replication.ReplicationConnection;
import io.walkback.postgres.replication.SystemIdentity;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.backup.BackupCommit;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.manifest.BackupFacts;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies one running cluster into the repository: steps 3 to 7 of this package's order. Stateless, thread-safe.
final class BaseBackup {
    private static final Logger LOG = LoggerFactory.getLogger(BaseBackup.class);
    /// A spread checkpoint takes `checkpoint_timeout`, a day at most; a fast one as long as the disks need.
    private static final Duration SPREAD_LIMIT = Duration.ofHours(25);
    private static final Duration FAST_LIMIT = Duration.ofHours(2);

    private final ServerAccess servers;
    private final Clusters clusters;
    private final Announcements announcements;
    private final Clock clock;
    private final Path workDirectory;
    private final int threads;

    /// @param threads that hash and compress, for each backup
    BaseBackup(
            ServerAccess servers,
            Clusters clusters,
            Announcements announcements,
            Clock clock,
            Path workDirectory,
            int threads) {
        this.servers = servers;
        this.clusters = clusters;
        this.announcements = announcements;
        this.clock = clock;
        this.workDirectory = workDirectory;
        this.threads = threads;
    }

    /// @param previous pinned by this attempt's claim
    CommittedBackup run(
            Attempt attempt, BackupId backup, DatabaseRegistration registration, Optional<BackupId> previous) {
        attempt.progress("connecting", 0, null, null);
        Instant startedAt = clock.instant();
        ServerFacts server = servers.facts(registration);
        try (ReplicationConnection connection = servers.replication(registration, "walkback_base")) {
            SystemIdentity before = connection.identifySystem();
            Clusters.requireRegistered(registration, before.identifier());
            requireWal(registration);
            LineageRepository lineage = clusters.open(registration, server);
            if (registration.policy().streamWal()) {
                servers.ensureSlot(registration);
            }
            attempt.progress("preparing", 0, null, before.flushed());
            try (BackupWriter writer = NextBackup.writer(lineage, backup, previous, settings(registration.policy()));
                    ServerManifest manifest = new ServerManifest(workDirectory);
                    ServerPages pages = new ServerPages(() -> servers.sql(registration))) {
                ControlCopies copies = new ControlCopies();
                BackupStream stream =
                        new BackupStream(attempt, writer, copies, manifest, start -> audit(server, start, pages));
                attempt.progress("waiting for a checkpoint", 0, null, before.flushed());
                BaseBackupEnd end = connection.baseBackup(options(backup, registration.policy()), stream);
                attempt.progress("checking", writer.progress().bytes(), null, end.stop());
                requireSameCluster(registration, before, connection.identifySystem(), end);
                manifest.writeTo(writer, clock.instant());
                BackupFacts facts =
                        new FactsOf(server, before, end, startedAt, clock.instant()).facts(copies, stream.audit());
                attempt.progress("committing", writer.progress().bytes(), null, end.stop());
                BackupCommit commit = writer.finish(facts);
                PageFindingNews.tell(announcements, clock, lineage, commit, stream.audit());
                LOG.atInfo()
                        .addKeyValue("backupId", backup)
                        .addKeyValue("databaseId", registration.id())
                        .addKeyValue("adopted", commit.adopted())
                        .addKeyValue("bytes", commit.summary().statistics().bytes())
                        .addKeyValue(
                                "storedBytes", commit.summary().statistics().storedBytes())
                        .addKeyValue(
                                "durationMs",
                                Duration.between(startedAt, clock.instant()).toMillis())
                        .log("base backup committed");
                return new CommittedBackup(lineage.lineage(), commit.summary(), commit.digest());
            }
        }
    }

    /// A copy without WAL is no backup (P1): it would await it for ever. Asked once the server has let us in, so
    /// that a wrong address or password is told as what it is.
    private static void requireWal(DatabaseRegistration registration) {
        if (!registration.policy().bringsWal()) {
            throw new OperatorActionException(
                    FailureCode.WAL_GAP,
                    "the policy of database '" + registration.id()
                            + "' neither streams wal nor has it pushed, so nothing would bring what makes a copy"
                            + " consistent",
                    "Set streamWal: true (or pushWal: true, docs/wal-push.md) in the policy of database "
                            + registration.id() + " and ask for the backup again; nothing was read.");
        }
    }

    private BackupSettings settings(BackupPolicy policy) {
        return new BackupSettings(threads, policy.compressionLevel(), workDirectory);
    }

    private static @Nullable PageAudit audit(ServerFacts server, BaseBackupStart start, PageSource pages) {
        return server.dataChecksums() ? new PageAudit(start.start(), pages) : null;
    }

    private static BaseBackupOptions options(BackupId backup, BackupPolicy policy) {
        return new BaseBackupOptions(
                "walkback " + backup,
                !policy.spreadCheckpoint(),
                policy.maxRateKilobytes() == 0 ? OptionalInt.empty() : OptionalInt.of(policy.maxRateKilobytes()),
                policy.spreadCheckpoint() ? SPREAD_LIMIT : FAST_LIMIT);
    }

    /// A server that was promoted or replaced while it was copied makes no backup (pitfall 25).
    private static void requireSameCluster(
            DatabaseRegistration registration, SystemIdentity before, SystemIdentity after, BaseBackupEnd end) {
        Clusters.requireRegistered(registration, after.identifier());
        if (!before.identifier().equals(after.identifier())
                || !before.timeline().equals(after.timeline())
                || !end.timeline().equals(after.timeline())) {
            throw new RetryableException(
                    FailureCode.TIMELINE_CHANGED,
                    "the server of database '" + registration.id() + "' was on timeline " + before.timeline()
                            + " of system " + before.identifier() + " when the backup began and is on timeline "
                            + after.timeline() + " of system " + after.identifier(),
                    "It failed over while it was copied; the next attempt starts on the new timeline.");
        }
    }
}
