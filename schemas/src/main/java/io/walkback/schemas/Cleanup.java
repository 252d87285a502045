package io.walkback.schemas;

/// How a topic gets rid of old records.
public enum Cleanup {
    /// By age alone.
    DELETE("delete"),
    /// Only what a newer record under the same key has replaced.
    COMPACT("compact");

    private final String policy;

    Cleanup(String policy) {
        this.policy = policy;
    }

    /// The value of Kafka's `cleanup.policy`.
    public String policy() {
        return policy;
    }
}
