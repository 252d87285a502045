package io.walkback.testkit;

/// Which way data flows through a [TcpFaultProxy].
public enum FlowDirection {
    TO_SERVER,
    TO_CLIENT
}
