package io.walkback.restore.sandbox;

/// What keeps a scratch server from everybody else. Part of a verdict.
public enum Isolation {
    /// It was seen to be in a network namespace of its own, in which there is nobody.
    NETWORK_NAMESPACE("network-namespace"),
    /// Its settings alone: the system gives no namespaces. Code of the database that opens connections (a foreign
    /// table in an index expression, say) could reach the network.
    SETTINGS_ONLY("settings-only");

    private final String text;

    Isolation(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
