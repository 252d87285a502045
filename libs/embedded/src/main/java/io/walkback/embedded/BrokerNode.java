package io.walkback.embedded;

/// One broker of a quorum: its id and its two loopback ports.
///
/// @param id             node id, from 1
/// @param port           what clients and other brokers connect to
/// @param controllerPort what the quorum itself uses
record BrokerNode(int id, int port, int controllerPort) {
    String bootstrapServer() {
        return "127.0.0.1:" + port;
    }

    String voter() {
        return id + "@127.0.0.1:" + controllerPort;
    }
}
