package io.walkback.backup.logical;

import io.walkback.backup.committed.CommittedBackup;
import io.walkback.backup.committed.NextBackup;
import io.walkback.backup.committed.Software;
import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.BackupId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.operation.Command;
import io.walkback.operations.Attempt;
import io.walkback.postgres.client.ClientProgram;
import io.walkback.postgres.client.ClientPrograms;
import io.walkback.postgres.client.InstalledPrograms;
import io.walkback.postgres.connection.PostgresFailures;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.backup.BackupCommit;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Dumps one running server into the repository: steps 2 to 6 of this package's order. Stateless, thread-safe.
final class LogicalBackup {
    private static final Logger LOG = LoggerFactory.getLogger(LogicalBackup.class);
    static final EntryPath GLOBALS = new EntryPath("globals.sql");

    private final ServerAccess servers;
    private final Clusters clusters;
    private final InstalledPrograms installed;
    private final Clock clock;
    private final Path workDirectory;
    private final int threads;

    /// @param threads that hash and compress, for each backup
    LogicalBackup(
            ServerAccess servers,
            Clusters clusters,
            InstalledPrograms installed,
            Clock clock,
            Path workDirectory,
            int threads) {
        this.servers = servers;
        this.clusters = clusters;
        this.installed = installed;
        this.clock = clock;
        this.workDirectory = workDirectory;
        this.threads = threads;
    }

    /// @param previous a logical backup, pinned by this attempt's claim
    CommittedBackup run(
            Attempt attempt, Command.TakeDump command, DatabaseRegistration registration, Optional<BackupId> previous)
            throws InterruptedException {
        attempt.progress("connecting", 0, null, null);
        Instant startedAt = clock.instant();
        ServerFacts server = servers.identify(registration);
        String address = servers.address(registration);
        Clusters.requireRegistered(registration, server.systemIdentifier());
        ClientPrograms programs = ClientPrograms.choose(installed.find(), server.versionNumber(), address);
        DumpCommands commands = new DumpCommands(programs, servers.target(registration));
        List<DumpSource.Dbname> dbnames = dbnames(registration, command.dbnames());
        DumpSource.Position before = position(registration);
        LineageRepository lineage = clusters.open(registration, server);
        BackupSettings settings =
                new BackupSettings(threads, registration.policy().compressionLevel(), workDirectory);
        try (BackupWriter writer = NextBackup.writer(lineage, command.backup(), previous, settings)) {
            globals(attempt, writer, commands, server);
            List<BackupFacts.DumpedDbname> dumped = new ArrayList<>();
            for (DumpSource.Dbname dbname : dbnames) {
                String phase = "dumping dbname " + (dumped.size() + 1) + " of " + dbnames.size();
                dumped.add(dump(new Step(attempt, phase, writer), dbname, registration, commands));
            }
            DumpSource.Position after = position(registration);
            before.requireBefore(after, address);
            attempt.progress("committing", writer.progress().bytes(), null, null);
            BackupCommit commit = writer.finish(facts(
                    server,
                    before,
                    after,
                    startedAt,
                    new BackupFacts.Dump(programs.version(), GLOBALS, seesPasswords(server), dumped)));
            LOG.atInfo()
                    .addKeyValue("backupId", command.backup())
                    .addKeyValue("databaseId", registration.id())
                    .addKeyValue("adopted", commit.adopted())
                    .addKeyValue("dbnames", dumped.size())
                    .addKeyValue("bytes", commit.summary().statistics().bytes())
                    .addKeyValue("storedBytes", commit.summary().statistics().storedBytes())
                    .addKeyValue(
                            "durationMs",
                            Duration.between(startedAt, clock.instant()).toMillis())
                    .log("logical backup committed");
            return new CommittedBackup(lineage.lineage(), commit.summary(), commit.digest());
        }
    }

    /// What a file's bytes go through: the writer, which waits for the store, and the heartbeat.
    private record Step(Attempt attempt, String phase, BackupWriter writer) {
        void take(byte[] bytes, int offset, int length) {
            writer.write(bytes, offset, length);
            attempt.progress(phase, writer.progress().bytes(), null, null);
        }
    }

    private void globals(Attempt attempt, BackupWriter writer, DumpCommands commands, ServerFacts server)
            throws InterruptedException {
        if (!seesPasswords(server)) {
            LOG.atWarn()
                    .addKeyValue("role", server.role().name())
                    .log("globals are dumped without passwords, which only a superuser may read");
        }
        writer.beginStream(GLOBALS, attributes());
        ClientProgram.run(commands.globals(seesPasswords(server)), new Step(attempt, "dumping globals", writer)::take);
        writer.endFile();
    }

    private BackupFacts.DumpedDbname dump(
            Step step, DumpSource.Dbname dbname, DatabaseRegistration registration, DumpCommands commands)
            throws InterruptedException {
        EntryPath archive = new EntryPath("dbnames/" + Integer.toUnsignedString(dbname.oid()) + ".dump");
        String address = servers.address(registration);
        try (Connection session = servers.sql(registration, dbname.name())) {
            DumpSnapshot snapshot = DumpSnapshot.export(session, address);
            try (ArchiveContents contents = new ArchiveContents(commands.list(), snapshot.relations())) {
                step.writer().beginStream(archive, attributes());
                ClientProgram.run(commands.dump(dbname.name(), snapshot.id()), into(step, contents));
                step.writer().endFile();
                contents.requireAll(dbname.name());
            }
            return new BackupFacts.DumpedDbname(dbname.name(), dbname.oid(), archive, snapshot.takenAt());
        } catch (SQLException closing) {
            throw PostgresFailures.of(closing, "closing the session of a snapshot", address);
        }
    }

    private static ClientProgram.Taker into(Step step, ArchiveContents contents) {
        return new ClientProgram.Taker() {
            @Override
            public void take(byte[] bytes, int offset, int length) {
                contents.take(bytes, offset, length);
                step.take(bytes, offset, length);
            }

            @Override
            public void abandon() {
                contents.close();
            }
        };
    }

    private DumpSource.Position position(DatabaseRegistration registration) {
        String address = servers.address(registration);
        try (Connection connection = servers.sql(registration)) {
            return DumpSource.position(connection, address);
        } catch (SQLException closing) {
            throw PostgresFailures.of(closing, "closing a connection", address);
        }
    }

    private List<DumpSource.Dbname> dbnames(DatabaseRegistration registration, List<String> wanted) {
        String address = servers.address(registration);
        try (Connection connection = servers.sql(registration)) {
            return DumpSource.dbnames(connection, wanted, address);
        } catch (SQLException closing) {
            throw PostgresFailures.of(closing, "closing a connection", address);
        }
    }

    private BackupFacts facts(
            ServerFacts server,
            DumpSource.Position before,
            DumpSource.Position after,
            Instant startedAt,
            BackupFacts.Dump dump) {
        return new BackupFacts(
                BackupOrigin.DUMP,
                new BackupFacts.Server(
                        server.versionNumber(), server.walSegmentSize(), server.blockSize(), server.dataChecksums()),
                new BackupFacts.WalSpan(
                        before.timeline(), before.lsn(), after.timeline(), after.lsn(), Optional.empty()),
                startedAt,
                clock.instant(),
                BackupFacts.ControlFiles.NONE,
                BackupFacts.PageFindings.NONE,
                BackupFacts.Environment.UNKNOWN,
                Software.name(),
                Optional.of(dump));
    }

    private EntryAttributes attributes() {
        return new EntryAttributes(0600, 0, 0, "", "", clock.instant());
    }

    private static boolean seesPasswords(ServerFacts server) {
        return server.role().superuser();
    }
}
