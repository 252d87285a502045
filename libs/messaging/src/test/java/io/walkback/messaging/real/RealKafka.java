package io.walkback.messaging.real;

import io.walkback.embedded.FreePorts;
import io.walkback.embedded.Parts;
import io.walkback.embedded.SchemaRegistry;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.testkit.PlatformHarness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The broker of the harness, which may be a container, and a registry as a child process, since one test kills it.
/// Both are started when first asked for and end with the JVM.
public final class RealKafka {
    private static final Path DIRECTORY = directory();
    private static final SchemaRegistry REGISTRY = registry();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(REGISTRY::close));
        REGISTRY.start();
    }

    private RealKafka() {}

    public static String bootstrapServers() {
        return PlatformHarness.shared().bootstrapServers();
    }

    public static SchemaRegistry schemaRegistry() {
        return REGISTRY;
    }

    /// A state directory for whoever needs no other.
    public static Path state() {
        return DIRECTORY.resolve("state");
    }

    /// Clients of the two, with a state directory of their own.
    public static KafkaClients clients(Path state) {
        return new KafkaClients(new KafkaSettings(bootstrapServers(), REGISTRY.url(), state, true, Map.of()));
    }

    private static SchemaRegistry registry() {
        List<Integer> ports = FreePorts.several(2);
        return SchemaRegistry.durable(
                Parts.fromSystemProperty(), DIRECTORY.resolve("registry"), ports.getFirst(), ports.getLast());
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("walkback-messaging");
        } catch (IOException noSpace) {
            throw new UncheckedIOException(noSpace);
        }
    }
}
