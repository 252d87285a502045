package io.walkback.testkit;

import io.walkback.embedded.KafkaBroker;
import io.walkback.embedded.Parts;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.PostgresServer;
import io.walkback.embedded.SchemaRegistry;
import java.nio.file.Path;

/// Parts as child processes of this JVM, in folders that are removed when it ends.
final class LocalParts implements PartsSource {
    private final Parts parts = Parts.fromSystemProperty();

    @Override
    public String startBroker() {
        Path folder = TemporaryFolders.create("broker");
        KafkaBroker broker = KafkaBroker.single(parts, folder);
        TemporaryFolders.lend(folder, broker);
        broker.start();
        return broker.bootstrapServers();
    }

    @Override
    public String startRegistry() {
        Path folder = TemporaryFolders.create("registry");
        SchemaRegistry registry = SchemaRegistry.inMemory(parts, folder);
        TemporaryFolders.lend(folder, registry);
        registry.start();
        return registry.url();
    }

    @Override
    public TestDatabase startDatabase(int major) {
        Path folder = TemporaryFolders.create("postgres");
        PostgresConfig config = PostgresConfig.of(PostgresPrograms.find(parts, major), folder.resolve("data"))
                .withSetting("wal_level", "replica")
                .withSetting("max_wal_senders", "10")
                .withSetting("max_replication_slots", "10")
                .withSetting("shared_buffers", "32MB");
        PostgresServer server = new PostgresServer(config);
        TemporaryFolders.lend(folder, server);
        server.initialise(LocalDatabase.PASSWORD);
        server.start();
        return new LocalDatabase(server, folder);
    }

    private record LocalDatabase(PostgresServer server, Path folder) implements TestDatabase {
        /// With what a careless quoting would trip over.
        private static final String PASSWORD = "it's \"secret\" \\ 100%";

        @Override
        public String jdbcUrl(String dbname) {
            return server.jdbcUrl(dbname);
        }

        @Override
        public String host() {
            return "127.0.0.1";
        }

        @Override
        public int port() {
            return server.port();
        }

        @Override
        public String user() {
            return server.config().superuser();
        }

        @Override
        public String password() {
            return PASSWORD;
        }

        @Override
        public int major() {
            return server.config().programs().major();
        }

        @Override
        public void close() {
            server.close();
            TemporaryFolders.remove(folder);
        }
    }
}
