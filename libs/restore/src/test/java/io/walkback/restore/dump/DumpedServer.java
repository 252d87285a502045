package io.walkback.restore.dump;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.Secret;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresServer;
import io.walkback.postgres.client.ClientLogin;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.connection.SslMode;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.restore.SourceCluster;
import io.walkback.testkit.PostgresTools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// A real server, and a repository that its dbnames are dumped into by the real `pg_dump`.
public final class DumpedServer implements AutoCloseable {
    static final DatabaseId SHOP = new DatabaseId("shop");
    private static final String PASSWORD = "it's a \"secret\"";

    final Path folder;
    final PostgresServer server;
    final Repository repository;

    public DumpedServer(Path folder) {
        this.folder = folder;
        this.server = new PostgresServer(PostgresConfig.of(SourceCluster.programs(15), folder.resolve("data"))
                .withSetting("fsync", "off")
                .withSetting("shared_buffers", "32MB"));
        server.initialise(PASSWORD);
        server.start();
        this.repository = repository("repository");
    }

    Repository repository(String name) {
        return Repository.init(BlobStores.create(folder.resolve(name).toUri()), Clock.systemUTC());
    }

    public PostgresTarget target(String dbname) {
        return new PostgresTarget(
                "127.0.0.1",
                server.port(),
                dbname,
                "postgres",
                new Secret(PASSWORD),
                SslMode.DISABLE,
                null,
                null,
                null);
    }

    public void sql(String dbname, String... statements) throws SQLException {
        try (Connection connection = connect(dbname);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /// The first column of every row.
    public List<String> rows(String dbname, String sql) throws SQLException {
        try (Connection connection = connect(dbname);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(row.getString(1));
            }
            return rows;
        }
    }

    boolean has(String dbname) throws SQLException {
        return rows("postgres", "SELECT datname FROM pg_database").contains(dbname);
    }

    String comment(String dbname) throws SQLException {
        return String.join(
                "",
                rows(
                        "postgres",
                        "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = '"
                                + dbname.replace("'", "''") + "'"));
    }

    private Connection connect(String dbname) throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", "postgres");
        login.setProperty("password", PASSWORD);
        login.setProperty("PGDBNAME", dbname);
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + server.port() + "/", login);
    }

    /// Takes a logical backup of these dbnames.
    DumpFiles dump(Repository repository, String id, String... dbnames) throws Exception {
        EntryPath globals = new EntryPath("globals.sql");
        List<BackupFacts.DumpedDbname> dumped = new ArrayList<>();
        Instant at = Clock.systemUTC().instant();
        try (BackupWriter writer = repository
                .forWriting(SHOP, new SystemIdentifier(7), new ClusterGeometry(1 << 20, 8192))
                .newBackup(
                        new BackupId(id),
                        UUID.randomUUID(),
                        Optional.empty(),
                        Set.of(),
                        new BackupSettings(1, 3, folder))) {
            write(writer, globals, "pg_dumpall", "--globals-only");
            for (String dbname : dbnames) {
                int oid = 16_384 + dumped.size();
                EntryPath archive = new EntryPath("dbnames/" + oid + ".dump");
                write(
                        writer,
                        archive,
                        "pg_dump",
                        "--format=custom",
                        "--compress=0",
                        "--dbname=" + ClientLogin.connection(dbname));
                dumped.add(new BackupFacts.DumpedDbname(dbname, oid, archive, at));
            }
            writer.finish(new BackupFacts(
                    BackupOrigin.DUMP,
                    new BackupFacts.Server(150_019, 1 << 20, 8192, true),
                    new BackupFacts.WalSpan(
                            TimelineId.FIRST, new Lsn(8), TimelineId.FIRST, new Lsn(8), Optional.empty()),
                    at,
                    at,
                    BackupFacts.ControlFiles.NONE,
                    BackupFacts.PageFindings.NONE,
                    BackupFacts.Environment.UNKNOWN,
                    "test",
                    Optional.of(new BackupFacts.Dump("pg_dump (PostgreSQL) 15.19", globals, true, dumped))));
        }
        return DumpFiles.find(repository, SHOP, new BackupId(id)).orElseThrow();
    }

    private void write(BackupWriter writer, EntryPath path, String program, String... options) throws Exception {
        ClientLogin login = new ClientLogin(target("postgres"));
        List<String> command = login.command(PostgresTools.require("pg_dump").resolveSibling(program));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(login.environment(System.getenv(), "test"));
        Process process = builder.start();
        writer.beginStream(path, new EntryAttributes(0600, 0, 0, "", "", Instant.EPOCH));
        try (InputStream output = process.getInputStream()) {
            byte[] chunk = new byte[1 << 16];
            for (int read = output.read(chunk); read >= 0; read = output.read(chunk)) {
                writer.write(chunk, 0, read);
            }
        }
        writer.endFile();
        if (process.waitFor() != 0) {
            throw new IOException(program + " failed");
        }
    }

    /// Changes one byte in the middle of the largest pack.
    void damage(String name) throws IOException {
        Path pack;
        try (Stream<Path> files = Files.walk(folder.resolve(name))) {
            pack = files.filter(file -> file.toString().contains("/packs/") && Files.isRegularFile(file))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(pack);
        bytes[bytes.length / 2] ^= 1;
        Files.delete(pack);
        Files.write(pack, bytes);
    }

    @Override
    public void close() {
        server.close();
        repository.close();
    }
}
