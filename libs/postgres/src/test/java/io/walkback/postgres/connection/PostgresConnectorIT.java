package io.walkback.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.postgres.Cluster;
import io.walkback.postgres.CountingSink;
import io.walkback.postgres.replication.BaseBackupEnd;
import io.walkback.postgres.replication.BaseBackupOptions;
import io.walkback.postgres.replication.ReplicationConnection;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PostgresConnectorIT {
    @TempDir
    static Path directory;

    private static Cluster cluster;
    private static Path certificate;

    @BeforeAll
    static void startServer() throws Exception {
        certificate = openssl("server", "/CN=walkback", "subjectAltName=IP:127.0.0.1");
        cluster = Cluster.start(18, directory, config -> config.withSetting("max_wal_senders", "2")
                .withSetting("max_connections", "12"));
        cluster.server.secureWith(certificate, directory.resolve("server.key"));
        cluster.server.stop();
        cluster.server.start();
        cluster.execute(
                "CREATE ROLE nobody LOGIN PASSWORD 'nothing'",
                "CREATE EXTENSION amcheck",
                "GRANT pg_monitor TO walkback");
    }

    @AfterAll
    static void stopServer() {
        cluster.close();
    }

    private static Path openssl(String name, String subject, String alternative) throws Exception {
        Path pem = directory.resolve(name + ".pem");
        Process process = new ProcessBuilder(
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
                        subject,
                        "-addext",
                        alternative,
                        "-keyout",
                        directory.resolve(name + ".key").toString(),
                        "-out",
                        pem.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start();
        assertThat(process.waitFor()).isZero();
        return pem;
    }

    private static PostgresTarget secured(SslMode mode, @Nullable Path root) {
        PostgresTarget plain = cluster.walkback();
        return new PostgresTarget(
                plain.host(), plain.port(), plain.database(), plain.user(), plain.password(), mode, root, null, null);
    }

    @ParameterizedTest
    @EnumSource(SslMode.class)
    void replicationWorksUnderEverySslModeWithScram(SslMode mode) {
        Path root = mode.name().startsWith("VERIFY") ? certificate : null;
        try (ReplicationConnection connection =
                ReplicationConnection.open(Cluster.CONNECTOR, secured(mode, root), "tls", Cluster.PATIENCE)) {
            assertThat(connection.encrypted()).isEqualTo(mode != SslMode.DISABLE && mode != SslMode.ALLOW);
            assertThat(connection.identifySystem().timeline().value()).isOne();
            assertThat(cluster.query("SELECT ssl FROM pg_stat_ssl JOIN pg_stat_replication USING (pid)"
                            + " WHERE application_name = 'tls'"))
                    .isEqualTo(connection.encrypted() ? "t" : "f");
        }
    }

    @Test
    void aBaseBackupComesThroughTls() {
        try (ReplicationConnection connection = ReplicationConnection.open(
                Cluster.CONNECTOR, secured(SslMode.VERIFY_FULL, certificate), "tls", Cluster.PATIENCE)) {
            CountingSink sink = new CountingSink();
            BaseBackupEnd end = connection.baseBackup(BaseBackupOptions.fast("tls"), sink);
            assertThat(end.stop()).isGreaterThan(end.start());
            assertThat(sink.bytes).isGreaterThan(20 << 20);
        }
    }

    @Test
    void aCertificateOfAnotherAuthorityIsASettingToMend() throws Exception {
        Path stranger = openssl("stranger", "/CN=stranger", "subjectAltName=IP:127.0.0.1");
        assertCode(secured(SslMode.VERIFY_FULL, stranger), FailureCode.CONFIGURATION, "tls handshake failed");
    }

    @Test // F40
    void f40AWrongPasswordAndAnUnknownRoleAreAuthenticationAndThePasswordStaysHidden() {
        assertThatThrownBy(() -> open(cluster.target("walkback", "not the password")))
                .isInstanceOfSatisfying(PlatformException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FailureCode.POSTGRES_AUTHENTICATION);
                    assertThat(fault.text() + fault.hint()).doesNotContain("not the password");
                    assertThat(fault.text()).contains("(SQLSTATE 28P01)");
                });
        assertCode(cluster.target("stranger", "x"), FailureCode.POSTGRES_AUTHENTICATION, "stranger");
        assertCode(
                cluster.walkback().withPassword(null),
                FailureCode.POSTGRES_AUTHENTICATION,
                "connecting for replication");
    }

    @Test
    void aRoleWithoutReplicationLacksAPrivilege() {
        assertCode(cluster.target("nobody", "nothing"), FailureCode.POSTGRES_PRIVILEGE, "SQLSTATE 42501");
    }

    @Test // F40
    void f40WalsendersThatAreAllTakenAreNamed() {
        try (ReplicationConnection first = open(cluster.walkback());
                ReplicationConnection second = open(cluster.walkback())) {
            assertThat(first.encrypted()).isEqualTo(second.encrypted());
            assertCode(cluster.walkback(), FailureCode.POSTGRES_SLOTS, "max_wal_senders");
            assertCode(cluster.walkback(), FailureCode.POSTGRES_SLOTS, "(SQLSTATE 53300)");
        }
    }

    @Test
    void anUnknownDbnameIsASettingToMend() {
        assertThatThrownBy(() -> Cluster.CONNECTOR
                        .connect(cluster.walkback().withDatabase("nowhere"), "test", Cluster.PATIENCE)
                        .close())
                .isInstanceOfSatisfying(PlatformException.class, fault -> assertThat(fault.code())
                        .isEqualTo(FailureCode.CONFIGURATION));
    }

    @Test
    void aServerThatIsNotThereIsUnreachable() {
        PostgresTarget nowhere = PostgresTarget.parse(
                "postgresql://a@127.0.0.1:" + io.walkback.embedded.FreePorts.one() + "/b?sslmode=disable");
        assertCode(nowhere, FailureCode.POSTGRES_UNREACHABLE, "127.0.0.1");
    }

    @Test
    void theFactsAreWhatTheServerWasGivenAlsoForAnOrdinaryRole() throws Exception {
        try (Connection connection = Cluster.CONNECTOR.connect(cluster.walkback(), "facts", Cluster.PATIENCE)) {
            ServerFacts facts =
                    ServerFactsQuery.read(connection, cluster.walkback().address());
            assertThat(facts.major()).isEqualTo(18);
            assertThat(facts.systemIdentifier().toString())
                    .isEqualTo(cluster.query("SELECT system_identifier FROM pg_control_system()"));
            assertThat(facts.walLevel()).isEqualTo("replica");
            assertThat(facts.maxWalSenders()).isEqualTo(2);
            assertThat(facts.inRecovery()).isFalse();
            assertThat(facts.dataChecksums()).isTrue();
            assertThat(facts.walSegmentSize()).isEqualTo(16 << 20);
            assertThat(facts.blockSize()).isEqualTo(8192);
            assertThat(facts.archiveMode()).isEqualTo("off");
            assertThat(facts.slotWalLimitMegabytes()).isEqualTo(-1);
            assertThat(facts.role()).isEqualTo(new ServerFacts.Role("walkback", true, false, true));
            assertThat(facts.role().mayReplicate()).isTrue();
            assertThat(Duration.between(facts.clock(), Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
            assertThat(facts.extensions()).containsKeys("plpgsql", "amcheck");
            assertThat(facts.dbnames()).extracting(ServerFacts.Dbname::name).contains("postgres");
            assertThat(facts.dbnames()).allMatch(dbname -> dbname.bytes() > 0);
        }
        try (Connection connection =
                Cluster.CONNECTOR.connect(cluster.target("nobody", "nothing"), "facts", Cluster.PATIENCE)) {
            ServerFacts facts = ServerFactsQuery.read(connection, "here");
            assertThat(facts.role()).isEqualTo(new ServerFacts.Role("nobody", false, false, false));
        }
    }

    private static ReplicationConnection open(PostgresTarget target) {
        return ReplicationConnection.open(Cluster.CONNECTOR, target, "test", Cluster.PATIENCE);
    }

    private static void assertCode(PostgresTarget target, FailureCode code, String part) {
        assertThatThrownBy(() -> open(target).close())
                .isInstanceOfSatisfying(PlatformException.class, fault -> assertThat(fault.code())
                        .isEqualTo(code))
                .hasMessageContaining(part);
    }
}
