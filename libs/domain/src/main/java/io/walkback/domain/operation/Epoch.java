package io.walkback.domain.operation;

/// One attempt's place in the operation log: where its claim stands. Higher offsets are later attempts.
///
/// @param topicId Kafka's id of the topic, which changes when somebody deletes and re-creates it, so that an epoch
///     of the old log never equals one of the new
public record Epoch(String topicId, int partition, long offset) {
    public Epoch {
        if (partition < 0 || offset < 0) {
            throw new IllegalArgumentException("not a place in a log: partition " + partition + ", offset " + offset);
        }
    }

    @Override
    public String toString() {
        return topicId + "/" + partition + "/" + offset;
    }
}
