package io.walkback.backup;

import io.walkback.backup.inventory.Databases;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.SecretReference;
import io.walkback.embedded.Parts;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.PostgresServer;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/// A real server with SCRAM logins: a superuser, and `walkback`, who may replicate and nothing else.
public final class Cluster implements AutoCloseable {
    public static final DatabaseId SHOP = new DatabaseId("shop");
    public static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PASSWORD = "correct horse 'battery'";
    private static final String WALKBACK = "wandering";

    private static final Map<Integer, Path> TEMPLATES = new HashMap<>();

    public final PostgresServer server;
    private final Path secrets;
    private BackupPolicy policy = BackupPolicy.DEFAULT;

    private Cluster(PostgresServer server, Path secrets) {
        this.server = server;
        this.secrets = secrets;
    }

    /// A server of a major version, with small segments; 15 is Debian's where that is installed. All of one major
    /// have the same system identifier.
    public static Cluster start(int major, Path directory, UnaryOperator<PostgresConfig> settings) throws IOException {
        Cluster cluster = copy(major, directory, settings);
        cluster.server.start();
        return cluster;
    }

    /// The same, not started yet: what `initdb` takes is done once for each major.
    public static Cluster copy(int major, Path directory, UnaryOperator<PostgresConfig> settings) throws IOException {
        PostgresConfig config = settings.apply(config(major, directory));
        Path template = template(major);
        List<Path> tree;
        try (Stream<Path> all = Files.walk(template)) {
            tree = all.toList();
        }
        for (Path path : tree) {
            Files.copy(
                    path,
                    config.dataDirectory().resolve(template.relativize(path).toString()),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        for (Map.Entry<String, String> setting : config.settings().entrySet()) {
            Files.writeString(
                    config.dataDirectory().resolve("postgresql.conf"),
                    setting.getKey() + " = '" + setting.getValue() + "'\n",
                    StandardOpenOption.APPEND);
        }
        return new Cluster(new PostgresServer(config), directory.resolve("secrets"));
    }

    /// A server of its own system identifier.
    public static Cluster stranger(int major, Path directory) throws IOException {
        Cluster cluster = new Cluster(new PostgresServer(config(major, directory)), directory.resolve("secrets"));
        cluster.server.initialise(PASSWORD);
        cluster.server.start();
        cluster.execute("CREATE ROLE walkback LOGIN REPLICATION PASSWORD '" + WALKBACK + "'");
        return cluster;
    }

    private static PostgresConfig config(int major, Path directory) {
        PostgresPrograms programs = PostgresPrograms.find(Parts.fromSystemProperty(), major);
        return PostgresConfig.of(programs, directory.resolve("data" + major))
                .withInitdb("--wal-segsize=1")
                .withSetting("fsync", "off")
                .withSetting("shared_buffers", "32MB");
    }

    private static synchronized Path template(int major) throws IOException {
        Path known = TEMPLATES.get(major);
        if (known == null) {
            Path folder = Files.createTempDirectory("walkback-template-");
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform().unstarted(() -> FileSystemUtils.deleteRecursively(folder.toFile())));
            try (Cluster cluster = stranger(major, folder)) {
                known = cluster.server.dataDirectory();
            }
            TEMPLATES.put(major, known);
        }
        return known;
    }

    /// A server on a data directory that exists, such as a restored copy.
    public static Cluster on(int major, Path data, UnaryOperator<PostgresConfig> settings) {
        PostgresPrograms programs = PostgresPrograms.find(Parts.fromSystemProperty(), major);
        return new Cluster(
                new PostgresServer(settings.apply(PostgresConfig.of(programs, data))),
                data.resolveSibling(data.getFileName() + "-secrets"));
    }

    public Cluster policy(UnaryOperator<BackupPolicy> change) {
        policy = change.apply(policy);
        return this;
    }

    /// As the plain replication role.
    public DatabaseRegistration registration() throws IOException {
        return registration("walkback", WALKBACK);
    }

    public DatabaseRegistration superuser() throws IOException {
        return registration("postgres", PASSWORD);
    }

    public DatabaseRegistration registration(String user, String password) throws IOException {
        Files.createDirectories(
                secrets, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path file = secrets.resolve(user + "-" + Integer.toHexString(password.hashCode()));
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, password + "\n");
        return new DatabaseRegistration(
                SHOP,
                new io.walkback.domain.database.Connection(
                        "127.0.0.1",
                        server.port(),
                        "postgres",
                        user,
                        new SecretReference.InFile(file),
                        "disable",
                        null),
                null,
                policy,
                Map.of());
    }

    /// Makes this server, which was not started yet, a standby of `primary` at its next start.
    public void follow(Cluster primary) throws IOException {
        Path data = server.dataDirectory();
        Files.createFile(data.resolve("standby.signal"));
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + primary.server.port() + " user=walkback password="
                        + WALKBACK + "'\n",
                StandardOpenOption.APPEND);
    }

    /// An inventory that holds exactly `registration`.
    public static Databases only(DatabaseRegistration registration) {
        return new Databases() {
            @Override
            public Optional<DatabaseRegistration> find(DatabaseId database) {
                return database.equals(registration.id()) ? Optional.of(registration) : Optional.empty();
            }

            @Override
            public boolean isReady() {
                return true;
            }
        };
    }

    public static ServerAccess access() {
        return new ServerAccess(new PostgresConnector(Duration.ofSeconds(10)), new Targets(System::getenv));
    }

    public Connection connect() throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", "postgres");
        login.setProperty("password", PASSWORD);
        return DriverManager.getConnection(server.jdbcUrl("postgres"), login);
    }

    public void execute(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    public String query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
