package io.walkback.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.SecretReference;
import io.walkback.embedded.Parts;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.PostgresServer;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.connection.Targets;
import io.walkback.postgres.connection.WalsenderSession;
import io.walkback.testkit.PlatformHarness;
import io.walkback.testkit.TestDatabase;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseCheckIT {
    private static final String PASSWORD = "the-password";

    private final PostgresConnector connector = new PostgresConnector(Duration.ofSeconds(10));
    private final Map<String, String> environment = Map.of("PW", PASSWORD, "WRONG", "not-the-password");
    private final DatabaseCheck check = new DatabaseCheck(connector, new Targets(environment::get), Clock.systemUTC());

    @TempDir
    private Path folder;

    private @Nullable PostgresServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private PostgresServer start(Map<String, String> settings) {
        PostgresConfig config =
                PostgresConfig.of(PostgresPrograms.find(Parts.fromSystemProperty(), 15), folder.resolve("data"));
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            config = config.withSetting(setting.getKey(), setting.getValue());
        }
        PostgresServer made = new PostgresServer(config);
        server = made;
        made.initialise(PASSWORD);
        made.start();
        return made;
    }

    private static void execute(PostgresServer server, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl("postgres"), "postgres", PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static DatabaseRegistration registration(int port, String user, String passwordVariable) {
        return registration("127.0.0.1", port, user, passwordVariable);
    }

    private static DatabaseRegistration registration(String host, int port, String user, String passwordVariable) {
        return new DatabaseRegistration(
                new DatabaseId("shop"),
                new Connection(
                        host,
                        port,
                        "postgres",
                        user,
                        new SecretReference.InEnvironment(passwordVariable),
                        "disable",
                        null),
                null,
                BackupPolicy.DEFAULT,
                Map.of());
    }

    private static CheckResult of(List<CheckResult> results, CheckId id) {
        return results.stream().filter(result -> result.id() == id).findFirst().orElseThrow();
    }

    @Test
    void findsAServerReadyAndChangesNothingOnIt() throws SQLException {
        // Given
        PostgresServer ready = start(Map.of("max_slot_wal_keep_size", "1GB"));
        // When
        DatabaseCheck.Looked looked = check.look(registration(ready.port(), "postgres", "PW"));
        // Then
        assertThat(looked.results()).as(looked.results().toString()).hasSize(11).allSatisfy(result -> assertThat(
                        result.status())
                .isEqualTo(CheckStatus.OK));
        assertThat(looked.facts()).isPresent();
        execute(ready, "DO $$ BEGIN IF EXISTS (SELECT FROM pg_replication_slots) THEN RAISE 'slot'; END IF; END $$");
    }

    @Test // P11
    void namesAWrongPasswordAndShowsNeither() {
        try (TestDatabase ready = PlatformHarness.shared().startDatabase(15)) {
            DatabaseCheck.Looked looked = check.look(registration(ready.host(), ready.port(), ready.user(), "WRONG"));
            CheckResult connection = of(looked.results(), CheckId.CONNECTION);
            assertThat(connection.code()).isEqualTo(FailureCode.POSTGRES_AUTHENTICATION);
            assertThat(looked.results().toString()).doesNotContain("the-password", ready.password());
            assertThat(looked.results().stream().skip(1))
                    .allSatisfy(result -> assertThat(result.status()).isEqualTo(CheckStatus.SKIPPED));
        }
    }

    @Test
    void namesASecretThatIsNotThere() {
        assertThat(of(check.look(registration(1, "postgres", "MISSING")).results(), CheckId.CONNECTION)
                        .code())
                .isEqualTo(FailureCode.CONFIGURATION);
    }

    @Test
    void namesARoleThatMayNotReplicate() throws SQLException {
        // Given
        PostgresServer ready = start(Map.of());
        execute(ready, "CREATE ROLE plain LOGIN PASSWORD '" + PASSWORD + "'");
        // When
        List<CheckResult> results =
                check.look(registration(ready.port(), "plain", "PW")).results();
        // Then
        assertThat(of(results, CheckId.ROLE).code()).isEqualTo(FailureCode.POSTGRES_PRIVILEGE);
        assertThat(of(results, CheckId.ROLE).remedy()).isEqualTo("ALTER ROLE plain REPLICATION;");
        execute(ready, "ALTER ROLE plain REPLICATION");
        assertThat(of(check.look(registration(ready.port(), "plain", "PW")).results(), CheckId.ROLE)
                        .status())
                .isEqualTo(CheckStatus.WARNING);
    }

    @Test
    void namesMinimalWal() {
        PostgresServer minimal = start(Map.of("wal_level", "minimal", "max_wal_senders", "0"));
        List<CheckResult> results =
                check.look(registration(minimal.port(), "postgres", "PW")).results();
        assertThat(of(results, CheckId.WAL_LEVEL).code()).isEqualTo(FailureCode.POSTGRES_SETTING);
        assertThat(of(results, CheckId.WALSENDERS).status()).isEqualTo(CheckStatus.FAILED);
    }

    @Test
    void namesWalsendersThatAreAllTaken() {
        // Given
        PostgresServer narrow = start(Map.of("max_wal_senders", "2"));
        PostgresTarget target = PostgresTarget.parse(
                        "postgresql://postgres@127.0.0.1:" + narrow.port() + "/postgres?sslmode=disable")
                .withPassword(new io.walkback.domain.Secret(PASSWORD));
        List<WalsenderSession> taken = new ArrayList<>();
        try {
            taken.add(connector.replication(target, "first"));
            taken.add(connector.replication(target, "second"));
            // When
            List<CheckResult> results =
                    check.look(registration(narrow.port(), "postgres", "PW")).results();
            // Then
            CheckResult walsenders = of(results, CheckId.WALSENDERS);
            assertThat(walsenders.code()).isEqualTo(FailureCode.POSTGRES_SLOTS);
            assertThat(walsenders.remedy()).contains("ALTER SYSTEM SET max_wal_senders");
        } finally {
            taken.forEach(WalsenderSession::close);
        }
    }

    @Test
    void namesAMajorThatIsTooOld() throws IOException {
        try (OldServer old = new OldServer()) {
            List<CheckResult> results =
                    check.look(registration(old.port(), "postgres", "PW")).results();
            assertThat(of(results, CheckId.CONNECTION).status()).isEqualTo(CheckStatus.OK);
            assertThat(of(results, CheckId.VERSION).code()).isEqualTo(FailureCode.POSTGRES_VERSION);
            assertThat(of(results, CheckId.VERSION).seen()).contains("13.14");
            assertThat(of(results, CheckId.WAL_LEVEL).status()).isEqualTo(CheckStatus.SKIPPED);
        }
    }

    /// Says that it is PostgreSQL 13 and answers every question with nothing.
    private static final class OldServer implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());

        OldServer() throws IOException {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = listener.accept()) {
                    serve(new DataInputStream(socket.getInputStream()), new DataOutputStream(socket.getOutputStream()));
                } catch (IOException closed) {
                    // The client left, as it does at the end of the test.
                    assert closed != null;
                }
            });
        }

        int port() {
            return listener.getLocalPort();
        }

        private static void serve(DataInputStream in, DataOutputStream out) throws IOException {
            in.readNBytes(in.readInt() - 4);
            send(out, 'R', new byte[4]);
            for (String setting : List.of(
                    "server_version\0" + "13.14\0",
                    "client_encoding\0" + "UTF8\0",
                    "DateStyle\0" + "ISO, MDY\0",
                    "standard_conforming_strings\0" + "on\0",
                    "integer_datetimes\0" + "on\0",
                    "TimeZone\0" + "UTC\0")) {
                send(out, 'S', setting.getBytes(StandardCharsets.UTF_8));
            }
            send(out, 'K', new byte[8]);
            send(out, 'Z', new byte[] {'I'});
            while (true) {
                char type = (char) in.readByte();
                in.readNBytes(in.readInt() - 4);
                switch (type) {
                    case 'P' -> send(out, '1', new byte[0]);
                    case 'B' -> send(out, '2', new byte[0]);
                    case 'D' -> send(out, 'n', new byte[0]);
                    case 'E' -> send(out, 'C', "SET\0".getBytes(StandardCharsets.UTF_8));
                    case 'S' -> send(out, 'Z', new byte[] {'I'});
                    case 'Q' -> {
                        send(out, 'C', "SET\0".getBytes(StandardCharsets.UTF_8));
                        send(out, 'Z', new byte[] {'I'});
                    }
                    case 'X' -> {
                        return;
                    }
                    default -> throw new IOException("message " + type);
                }
            }
        }

        private static void send(DataOutputStream out, char type, byte[] content) throws IOException {
            out.writeByte(type);
            out.writeInt(content.length + 4);
            out.write(content);
            out.flush();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
