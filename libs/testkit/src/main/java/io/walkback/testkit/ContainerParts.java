package io.walkback.testkit;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/// Parts as containers. Testcontainers' own reaper removes them after the JVM.
final class ContainerParts implements PartsSource {
    // The versions that the parent pom pins for the same parts as local processes.
    private static final DockerImageName KAFKA = DockerImageName.parse("apache/kafka:4.2.1");
    private static final DockerImageName REGISTRY = DockerImageName.parse("apicurio/apicurio-registry:3.3.3");
    private static final int REGISTRY_PORT = 8080;
    private static final int EXECUTABLE = 0755;

    /// Whether a container engine answers.
    static boolean engineAnswers() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @Override
    @SuppressWarnings("resource") // lives as long as the JVM
    public String startBroker() {
        KafkaContainer broker = new KafkaContainer(KAFKA).withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
        broker.start();
        return broker.getBootstrapServers();
    }

    @Override
    @SuppressWarnings("resource") // lives as long as the JVM
    public String startRegistry() {
        GenericContainer<?> registry = new GenericContainer<>(REGISTRY)
                .withExposedPorts(REGISTRY_PORT)
                .waitingFor(Wait.forHttp("/apis/ccompat/v7/subjects").forPort(REGISTRY_PORT));
        registry.start();
        return "http://" + registry.getHost() + ":" + registry.getMappedPort(REGISTRY_PORT) + "/apis/ccompat/v7";
    }

    @Override
    @SuppressWarnings("resource") // closed by the one who asked for it
    public TestDatabase startDatabase(int major) {
        String allowReplication = "echo 'host replication all all scram-sha-256' >> \"$PGDATA/pg_hba.conf\"\n";
        PostgreSQLContainer server = new PostgreSQLContainer(DockerImageName.parse("postgres:" + major))
                .withEnv("POSTGRES_INITDB_ARGS", "--data-checksums --auth-host=scram-sha-256")
                .withCopyToContainer(
                        Transferable.of(allowReplication, EXECUTABLE), "/docker-entrypoint-initdb.d/replication.sh")
                .withCommand(
                        "postgres",
                        "-c",
                        "wal_level=replica",
                        "-c",
                        "max_wal_senders=10",
                        "-c",
                        "max_replication_slots=10");
        server.start();
        return new ContainerDatabase(server, major);
    }

    private record ContainerDatabase(PostgreSQLContainer server, int major) implements TestDatabase {
        @Override
        public String jdbcUrl(String dbname) {
            return "jdbc:postgresql://" + host() + ":" + port() + "/" + dbname;
        }

        @Override
        public String host() {
            return server.getHost();
        }

        @Override
        public int port() {
            return server.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT);
        }

        @Override
        public String user() {
            return server.getUsername();
        }

        @Override
        public String password() {
            return server.getPassword();
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
