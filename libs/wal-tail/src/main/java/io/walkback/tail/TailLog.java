package io.walkback.tail;

import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// The records of one tail, for reading and for removing those that are not needed any more. For one thread.
///
/// Failures: `BROKER_UNAVAILABLE`, retryable, where whoever holds it does not answer; `TOPIC_MISCONFIGURED` where
/// it refuses.
public interface TailLog extends AutoCloseable {
    /// Offsets of what is there: from the first, up to before `end`.
    record Span(long first, long end) {
        public boolean isEmpty() {
            return first >= end;
        }
    }

    /// Takes records in the order in which they were written.
    interface Reader {
        /// False to stop.
        boolean take(TailRecord record);
    }

    Span span();

    /// Reads the records of a span. One that cannot be read as a record of a tail is told in the log and left out:
    /// whoever may write the topic can put anything there.
    void read(Span span, Reader reader);

    /// Removes the records before `offset`, for good. Only for what the repository has, read back.
    void trim(long offset);

    @Override
    void close();

    /// What the records of a span say that they hold, of each cluster and timeline.
    default Map<SystemIdentifier, Map<TimelineId, TailReach>> reach(Span span) {
        Map<SystemIdentifier, Map<TimelineId, TailReach>> reach = new HashMap<>();
        read(span, record -> {
            reach.computeIfAbsent(record.system(), _ -> new TreeMap<>())
                    .merge(record.piece().segment().timeline(), TailReach.of(record.piece()), TailReach::with);
            return true;
        });
        return reach;
    }
}
