package io.walkback.standalone.up;

import io.walkback.domain.PlatformException;
import io.walkback.embedded.KafkaBroker;
import io.walkback.embedded.Parts;
import io.walkback.embedded.SchemaRegistry;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/// Broker and registry: the operator's, or ours where none is named.
///
/// @param brokers  as clients name them
/// @param registry Confluent's API
/// @param own      those that are ours, not started yet
record KafkaParts(String brokers, String registry, List<Part> own) {
    static KafkaParts of(UpOptions options, Parts embedded, DataFolder data, PortBook ports) {
        List<Part> own = new ArrayList<>();
        String brokers = options.kafka().orElseGet(() -> {
            KafkaBroker broker = KafkaBroker.single(
                    embedded, data.folder("broker"), ports.take("broker"), ports.take("broker-controller"), Map.of());
            own.add(Part.of(broker));
            return broker.bootstrapServers();
        });
        String registry = options.registry().map(URI::toString).orElseGet(() -> {
            SchemaRegistry ours = SchemaRegistry.durable(
                    embedded, data.folder("registry"), ports.take("registry"), ports.take("registry-management"));
            own.add(Part.of(ours));
            return ours.url();
        });
        return new KafkaParts(brokers, registry, List.copyOf(own));
    }

    /// Starts ours side by side: together they take as long as the slower of them.
    ///
    /// @param started told of each that is ready, from its own thread
    /// @throws PlatformException when one cannot be started; no thread starts anything afterwards
    void start(Consumer<Part> started) throws InterruptedException {
        List<FutureTask<Void>> starts = own.stream()
                .map(part -> new FutureTask<Void>(() -> {
                    part.launch();
                    started.accept(part);
                    return null;
                }))
                .toList();
        List<Thread> threads = starts.stream().map(Thread.ofVirtual()::start).toList();
        try {
            for (FutureTask<Void> start : starts) {
                start.get();
            }
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof PlatformException cause) {
                throw cause;
            }
            throw new IllegalStateException("broker or registry could not be started", failed.getCause());
        } finally {
            // After a failure the other one must not come up behind the back of whoever stops everything.
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
