package io.walkback.restore;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.Secret;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.embedded.Parts;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.PostgresServer;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.connection.SslMode;
import io.walkback.postgres.replication.BaseBackupEnd;
import io.walkback.postgres.replication.BaseBackupOptions;
import io.walkback.postgres.replication.ReplicationConnection;
import io.walkback.postgres.replication.SystemIdentity;
import io.walkback.postgres.wal.SegmentSummary;
import io.walkback.postgres.wal.WalEvents;
import io.walkback.postgres.wal.WalRecordReader;
import io.walkback.postgres.wal.WalSource;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.seal.KeyFile;
import io.walkback.repository.wal.CommitTimes;
import io.walkback.repository.wal.WalPiece;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A real server that is backed up into a real repository on a filesystem: base backups over the replication
/// protocol, WAL from the server's own `pg_wal`, both checked as a worker would.
public final class SourceCluster implements AutoCloseable {
    public static final DatabaseId DATABASE = new DatabaseId("shop");
    public static final String PASSWORD = "it's a \"secret\"";
    static final Clock CLOCK = Clock.systemUTC();

    final Path folder;
    public final Repository repository;
    public final PostgresServer server;
    private final int major;
    private final SystemIdentifier system;
    private @Nullable BackupId previous;

    public SourceCluster(int major) throws IOException {
        this(major, List.of());
    }

    /// @param settings `name=value` for the server's configuration; `--name=value` for `initdb`
    public SourceCluster(int major, List<String> settings) throws IOException {
        this.major = major;
        this.folder = Files.createTempDirectory(Path.of("/tmp"), "walkback-restore-");
        this.repository = Repository.init(
                BlobStores.create(folder.resolve("repository").toUri()), CLOCK, KeyFile.create(keyFile()));
        PostgresConfig config = PostgresConfig.of(programs(major), folder.resolve("source"))
                .withInitdb("--wal-segsize=1")
                .withSetting("wal_level", "replica")
                .withSetting("max_wal_senders", "4")
                .withSetting("wal_keep_size", "1GB")
                .withSetting("shared_buffers", "32MB")
                .withSetting("autovacuum", "off");
        for (String setting : settings) {
            if (setting.startsWith("--")) {
                config = config.withInitdb(setting);
                continue;
            }
            int equals = setting.indexOf('=');
            config = config.withSetting(setting.substring(0, equals), setting.substring(equals + 1));
        }
        this.server = new PostgresServer(config);
        server.initialise(PASSWORD);
        server.start();
        try (ReplicationConnection connection = replication()) {
            this.system = connection.identifySystem().identifier();
        }
    }

    public static PostgresPrograms programs(int major) {
        return PostgresPrograms.find(Parts.fromSystemProperty(), major);
    }

    RestoreEngine engine() {
        return new RestoreEngine(repository, Optional.of(Parts.fromSystemProperty()));
    }

    public Path path(String name) {
        return folder.resolve(name);
    }

    /// Of the repository, which is encrypted.
    public Path keyFile() {
        return folder.resolve("repository.key");
    }

    public Path repositoryFolder() {
        return folder.resolve("repository");
    }

    public LineageRepository lineage() {
        return repository.forWriting(DATABASE, system, new ClusterGeometry(1 << 20, 8192));
    }

    /// Runs statements, each in a transaction of its own.
    public void sql(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    public String query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    public Lsn position() throws SQLException {
        return Lsn.parse(query("SELECT pg_current_wal_insert_lsn()"));
    }

    /// The server's clock, to the microsecond.
    public Instant now() throws SQLException {
        return Instant.parse(query(
                "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC'," + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
    }

    public BackupId backup(String id) throws IOException {
        BackupId backup = new BackupId(id);
        Instant started = CLOCK.instant();
        try (ReplicationConnection connection = replication();
                BackupWriter writer = lineage()
                        .newBackup(
                                backup,
                                UUID.randomUUID(),
                                Optional.ofNullable(previous),
                                Set.of(),
                                BackupSettings.standard(Files.createDirectories(folder.resolve("work"))))) {
            BackupIntoRepository sink = new BackupIntoRepository(writer);
            BaseBackupEnd end = connection.baseBackup(BaseBackupOptions.fast(id), sink);
            writer.finish(sink.facts(end, major, started, CLOCK.instant()));
        }
        previous = backup;
        return backup;
    }

    /// Ends the current segment and stores all that are complete.
    public void archive() throws SQLException, IOException {
        sql("SELECT pg_switch_wal()");
        Lsn end = position();
        for (Path file : segments()) {
            WalSegment segment = WalSegment.parse(file.getFileName().toString(), 1 << 20);
            if (!segment.end().isAfter(end)
                    && segment.number() < unfinished(segment.timeline())
                    && !lineage().wal().contains(segment)) {
                store(segment, Files.readAllBytes(file));
            }
        }
        for (Path history : list("[0-9A-F]{8}\\.history")) {
            lineage()
                    .wal()
                    .putHistory(
                            new TimelineId(Integer.parseUnsignedInt(
                                    history.getFileName().toString(), 0, 8, 16)),
                            Files.readAllBytes(history));
        }
    }

    /// Stores what there is of the unfinished segment, in two pieces that overlap.
    void archivePiece() throws SQLException, IOException {
        sql("SELECT pg_stat_force_next_flush()", "CHECKPOINT");
        Lsn end = Lsn.parse(query("SELECT pg_current_wal_flush_lsn()"));
        for (Path file : segments()) {
            WalSegment segment = WalSegment.parse(file.getFileName().toString(), 1 << 20);
            byte[] bytes = Files.readAllBytes(file);
            if (!segment.end().isAfter(end)) {
                if (!lineage().wal().contains(segment)) {
                    store(segment, bytes);
                }
            } else if (segment.start().isBefore(end)) {
                int known = (int) end.minus(segment.start());
                piece(segment, bytes, 0, known / 2 + 100);
                piece(segment, bytes, known / 2, known);
            }
        }
    }

    private void piece(WalSegment segment, byte[] bytes, int from, int to) {
        byte[] part = new byte[to - from];
        System.arraycopy(bytes, from, part, 0, part.length);
        lineage()
                .wal()
                .putPiece(
                        new WalPiece(
                                segment,
                                segment.start().plus(from),
                                segment.start().plus(to)),
                        part);
    }

    private void store(WalSegment segment, byte[] bytes) throws IOException {
        List<SegmentSummary> summaries = new ArrayList<>();
        WalEvents events = summaries::add;
        new WalRecordReader(new WalSource(major, system, history(segment.timeline()), 1 << 20), segment.start(), events)
                .accept(segment.start(), bytes, 0, bytes.length);
        Instant first = summaries.getFirst().firstCommit();
        Instant last = summaries.getFirst().lastCommit();
        Optional<CommitTimes> times =
                first == null || last == null ? Optional.empty() : Optional.of(new CommitTimes(first, last));
        lineage().wal().putSegment(segment, new ByteArrayInputStream(bytes), times);
    }

    private TimelineHistory history(TimelineId timeline) throws IOException {
        return timeline.equals(TimelineId.FIRST)
                ? TimelineHistory.root(timeline)
                : TimelineHistory.parse(timeline, Files.readAllBytes(walFolder().resolve(timeline.historyFileName())));
    }

    /// Ends the server's timeline as a failover would: stop, start as a standby without a primary, promote.
    public void switchTimeline() throws IOException {
        server.stop();
        Files.writeString(server.dataDirectory().resolve("standby.signal"), "");
        server.start();
        try {
            sql("SELECT pg_promote(true, 60)");
        } catch (SQLException failure) {
            throw new IOException(failure);
        }
    }

    /// The first segment that this timeline did not finish, because the server left it.
    private long unfinished(TimelineId timeline) throws IOException {
        TimelineId current = identity().timeline();
        return history(current)
                .endOf(timeline)
                .map(end -> Long.divideUnsigned(end.bytes(), 1 << 20))
                .orElse(Long.MAX_VALUE);
    }

    private List<Path> segments() throws IOException {
        return list("[0-9A-F]{24}");
    }

    private List<Path> list(String names) throws IOException {
        try (Stream<Path> files = Files.list(walFolder())) {
            return files.filter(file -> file.getFileName().toString().matches(names))
                    .sorted()
                    .toList();
        }
    }

    private Path walFolder() {
        return server.dataDirectory().resolve("pg_wal");
    }

    SystemIdentity identity() {
        try (ReplicationConnection connection = replication()) {
            return connection.identifySystem();
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl("postgres"), "postgres", PASSWORD);
    }

    private ReplicationConnection replication() {
        PostgresTarget target = new PostgresTarget(
                "127.0.0.1",
                server.port(),
                "postgres",
                "postgres",
                new Secret(PASSWORD),
                SslMode.DISABLE,
                null,
                null,
                null);
        return ReplicationConnection.open(
                new PostgresConnector(Duration.ofSeconds(10)), target, "restore-test", Duration.ofSeconds(60));
    }

    @Override
    public void close() throws IOException {
        server.close();
        repository.close();
        RestoredCopy.stopAllIn(folder);
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
