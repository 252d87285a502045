package io.walkback.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Three brokers on one machine: replication 3, min in-sync 2, no unclean election, as production has it.
///
/// Needs about 1 GiB of memory.
public final class KafkaCluster implements AutoCloseable {
    private static final int SIZE = 3;

    private final List<KafkaBroker> brokers;

    private KafkaCluster(List<KafkaBroker> brokers) {
        this.brokers = brokers;
    }

    /// Three brokers on free ports, each in a folder of its own below `directory`. Nothing runs before [#start].
    public static KafkaCluster ofThree(Parts parts, Path directory) {
        List<Integer> ports = FreePorts.several(2 * SIZE);
        List<BrokerNode> quorum = IntStream.range(0, SIZE)
                .mapToObj(index -> new BrokerNode(index + 1, ports.get(2 * index), ports.get(2 * index + 1)))
                .toList();
        String clusterId = KafkaBroker.newClusterId();
        return new KafkaCluster(quorum.stream()
                .map(node -> new KafkaBroker(
                        parts, directory.resolve("broker-" + node.id()), node, quorum, clusterId, Map.of()))
                .toList());
    }

    /// Starts all of them and waits until each answers clients.
    public void start() {
        brokers.forEach(KafkaBroker::launch);
        brokers.forEach(KafkaBroker::awaitReady);
    }

    /// The brokers, each to be stopped, killed, frozen and started by itself.
    public List<KafkaBroker> brokers() {
        return brokers;
    }

    /// All of them, for clients.
    public String bootstrapServers() {
        return brokers.stream().map(KafkaBroker::bootstrapServers).collect(Collectors.joining(","));
    }

    /// Kills what still runs: in an orderly stop the last brokers would wait for a quorum that is gone.
    @Override
    public void close() {
        brokers.stream().filter(KafkaBroker::isAlive).forEach(KafkaBroker::kill);
    }
}
