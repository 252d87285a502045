package io.walkback.testkit;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The parts that an integration test stands on. One broker and one registry serve all test classes of a JVM; each
/// is started when it is first asked for and ends with the JVM. Tests keep apart by topic, subject and group names.
///
/// A test that kills or freezes a part takes one of its own from `io.walkback.embedded`. Thread-safe.
public final class PlatformHarness {
    private static final Logger LOG = LoggerFactory.getLogger(PlatformHarness.class);

    private static final PlatformHarness SHARED = new PlatformHarness();

    private final Once<PartsSource> source = new Once<>(PlatformHarness::choose);
    private final Once<String> broker = new Once<>(() -> source.get().startBroker());
    private final Once<String> registry = new Once<>(() -> source.get().startRegistry());

    private PlatformHarness() {}

    /// The harness of this JVM.
    public static PlatformHarness shared() {
        return SHARED;
    }

    /// The shared broker, started when nobody asked before.
    public String bootstrapServers() {
        return broker.get();
    }

    /// The base address of the shared registry's API, started when nobody asked before.
    public String schemaRegistryUrl() {
        return registry.get();
    }

    /// A new PostgreSQL server of its own; close it.
    ///
    /// @param major 15 or 18 everywhere; with containers any version that has an image
    public TestDatabase startDatabase(int major) {
        return source.get().startDatabase(major);
    }

    /// Whether containers are used; false means local processes.
    public boolean usesContainers() {
        return source.get() instanceof ContainerParts;
    }

    private static PartsSource choose() {
        ContainerMode mode = ContainerMode.fromSystemProperty();
        boolean containers = mode.useContainers(ContainerParts::engineAnswers);
        LOG.atInfo()
                .addKeyValue("mode", mode)
                .addKeyValue("path", containers ? "containers" : "local processes")
                .log("integration tests chose their parts");
        return containers ? new ContainerParts() : new LocalParts();
    }

    /// A value that is made once, at first use. A failure is not remembered.
    private static final class Once<T> {
        private final Supplier<T> make;
        private @Nullable T made;

        Once(Supplier<T> make) {
            this.make = make;
        }

        synchronized T get() {
            T value = made;
            if (value == null) {
                value = make.get();
                made = value;
            }
            return value;
        }
    }
}
