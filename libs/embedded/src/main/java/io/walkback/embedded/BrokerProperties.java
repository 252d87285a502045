package io.walkback.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A broker's `server.properties`: combined broker and controller, loopback, small.
final class BrokerProperties {
    private static final String MEBIBYTE_8 = Integer.toString(8 << 20);

    private BrokerProperties() {}

    static String render(BrokerNode node, List<BrokerNode> quorum, Path data, Map<String, String> overrides) {
        int replicas = quorum.size();
        int inSync = replicas > 1 ? 2 : 1;
        Map<String, String> settings = new TreeMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(node.id()));
        settings.put(
                "controller.quorum.voters",
                quorum.stream().map(BrokerNode::voter).collect(Collectors.joining(",")));
        settings.put(
                "listeners", "BROKER://" + node.bootstrapServer() + ",CONTROLLER://127.0.0.1:" + node.controllerPort());
        settings.put("advertised.listeners", "BROKER://" + node.bootstrapServer());
        settings.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("inter.broker.listener.name", "BROKER");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("log.dirs", data.toString());
        // A misspelt topic must fail, not appear.
        settings.put("auto.create.topics.enable", "false");
        settings.put("unclean.leader.election.enable", "false");
        settings.put("default.replication.factor", Integer.toString(replicas));
        settings.put("min.insync.replicas", Integer.toString(inSync));
        for (String internal : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            settings.put(internal + ".replication.factor", Integer.toString(replicas));
            settings.put(internal + ".num.partitions", "3");
        }
        settings.put("transaction.state.log.min.isr", Integer.toString(inSync));
        settings.put("share.coordinator.state.topic.min.isr", Integer.toString(inSync));
        settings.put("group.initial.rebalance.delay.ms", "0");
        // A broker that was killed is let in again only when its old session has ended; the default of 9 s is most of
        // the
        // time that such a restart takes. Not shorter: a busy machine must not fence a broker that lives.
        settings.put("broker.session.timeout.ms", "5000");
        settings.put("broker.heartbeat.interval.ms", "1000");
        // The default takes a third of the heap before the first record is written.
        settings.put("log.cleaner.dedupe.buffer.size", MEBIBYTE_8);
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        settings.putAll(overrides);
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .collect(Collectors.joining());
    }
}
