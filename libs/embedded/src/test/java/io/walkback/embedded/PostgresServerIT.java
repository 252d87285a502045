package io.walkback.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PostgresServerIT {
    private static final String PASSWORD = "correct horse";

    @TempDir
    Path directory;

    static Stream<PostgresPrograms> programs() {
        Parts parts = Parts.fromSystemProperty();
        return Stream.of(
                PostgresPrograms.find(parts, 15),
                PostgresPrograms.embedded(parts, 15),
                PostgresPrograms.embedded(parts, 18));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void committedRowsSurviveAKillAndAnImmediateStop(PostgresPrograms programs) throws Exception {
        // Given
        PostgresConfig config = PostgresConfig.of(programs, directory.resolve("data"))
                .withSetting("max_wal_senders", "7")
                .withInitdb("--wal-segsize=1");
        long pid;
        try (PostgresServer server = new PostgresServer(config)) {
            server.initialise(PASSWORD);
            server.start();
            execute(server, "CREATE TABLE walk (step int)");
            execute(server, "INSERT INTO walk VALUES (1)");
            // When
            server.kill();
            assertThat(server.status()).isEqualTo(PostgresStatus.ABSENT);
            server.start();
            execute(server, "INSERT INTO walk VALUES (2)");
            server.stopImmediately();
            server.start();
            // Then
            assertThat(query(server, "SELECT count(*) FROM walk")).isEqualTo("2");
            assertThat(query(server, "SHOW server_version")).startsWith(Integer.toString(programs.major()));
            assertThat(query(server, "SHOW max_wal_senders")).isEqualTo("7");
            assertThat(query(server, "SHOW wal_segment_size")).isEqualTo("1MB");
            assertThat(query(server, "SHOW data_checksums")).isEqualTo("on");
            assertThat(query(server, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(server.status()).isEqualTo(PostgresStatus.READY);
            pid = server.process().pid();
        }
        assertThat(TestProcesses.isAlive(pid)).isFalse();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("data", "data.log");
        }
    }

    @Test
    void refusesAWrongPasswordAndEveryReplicationConnectionWithoutOne() {
        try (PostgresServer server = started(config())) {
            assertThatThrownBy(() -> connect(server, "wrong", "postgres", new Properties()))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            Properties replication = new Properties();
            replication.setProperty("replication", "true");
            replication.setProperty("preferQueryMode", "simple");
            assertThatThrownBy(() -> connect(server, "wrong", "postgres", replication))
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void speaksTlsWithTheCertificateItWasGiven() throws Exception {
        // Given
        PostgresServer server = new PostgresServer(config());
        server.initialise(PASSWORD);
        Path certificate = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");
        ChildProcess.run(
                Launch.of(
                        "openssl",
                        List.of(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "ec",
                                "-pkeyopt",
                                "ec_paramgen_curve:P-256",
                                "-nodes",
                                "-days",
                                "2",
                                "-subj",
                                "/CN=localhost",
                                "-addext",
                                "subjectAltName=IP:127.0.0.1",
                                "-keyout",
                                key.toString(),
                                "-out",
                                certificate.toString()),
                        directory,
                        directory.resolve("openssl.log")),
                Duration.ofSeconds(30));
        // When
        server.secureWith(certificate, key);
        try (server) {
            server.start();
            // Then
            Properties tls = new Properties();
            tls.setProperty("sslmode", "verify-full");
            tls.setProperty("sslrootcert", certificate.toString());
            try (Connection connection = connect(server, PASSWORD, "postgres", tls)) {
                assertThat(query(connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                        .isEqualTo("t");
            }
        }
    }

    @Test // P7
    void aServerOnASocketOnlyCannotBeReachedOverTcp() throws IOException {
        // Given
        Path sockets = Files.createTempDirectory("wb");
        PostgresConfig config = config().withSocketOnly(sockets);
        try (PostgresServer server = started(config)) {
            // Then
            assertThat(sockets.resolve(".s.PGSQL." + server.port())).exists();
            assertThat(FreePorts.isFree(server.port())).isTrue();
            assertThatThrownBy(() -> server.jdbcUrl("postgres")).isInstanceOf(IllegalStateException.class);
        }
        Files.deleteIfExists(sockets);
    }

    @Test
    void aStandbyReportsItselfAndACrashBeforeReadinessShowsTheServersOwnWords() throws Exception {
        // Given
        try (PostgresServer server = started(config())) {
            server.stop();
            Files.createFile(server.dataDirectory().resolve("standby.signal"));
            // When, Then: open for reading
            server.start();
            assertThat(server.status()).isEqualTo(PostgresStatus.READY);
            assertThat(query(server, "SELECT pg_is_in_recovery()")).isEqualTo("t");
            server.stop();
            // When, Then: closed
            try (PostgresServer closed = new PostgresServer(server.config().withOverride("hot_standby", "off"))) {
                closed.start();
                assertThat(closed.status()).isEqualTo(PostgresStatus.STANDBY);
            }

            PostgresServer broken = new PostgresServer(server.config().withOverride("shared_buffers", "a lot"));
            assertThatThrownBy(broken::start)
                    .hasMessageContaining("shared_buffers")
                    .extracting(fault -> ((PlatformException) fault).code())
                    .isEqualTo(FailureCode.PROCESS_FAILED);
        }
    }

    @Test
    void refusesToInitialiseTwiceAndASocketNameThatIsTooLong() {
        PostgresServer server = new PostgresServer(config());
        server.initialise(PASSWORD);
        assertThatThrownBy(() -> server.initialise(PASSWORD)).hasMessageContaining("holds a database cluster already");
        assertThatThrownBy(() -> config().withSocketOnly(directory.resolve("x".repeat(100))))
                .hasMessageContaining("107 are allowed");
        assertThatThrownBy(() -> PostgresPrograms.embedded(Parts.fromSystemProperty(), 9))
                .hasMessageContaining("PostgreSQL 9");
    }

    private PostgresConfig config() {
        return PostgresConfig.of(PostgresPrograms.find(Parts.fromSystemProperty(), 15), directory.resolve("data"));
    }

    private static PostgresServer started(PostgresConfig config) {
        PostgresServer server = new PostgresServer(config);
        server.initialise(PASSWORD);
        server.start();
        return server;
    }

    private static Connection connect(PostgresServer server, String password, String dbname, Properties more)
            throws SQLException {
        Properties properties = new Properties();
        properties.putAll(more);
        properties.setProperty("user", "postgres");
        properties.setProperty("password", password);
        return DriverManager.getConnection(server.jdbcUrl(dbname), properties);
    }

    private static void execute(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = connect(server, PASSWORD, "postgres", new Properties());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = connect(server, PASSWORD, "postgres", new Properties())) {
            return query(connection, sql);
        }
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }
}
