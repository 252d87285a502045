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

        /// A record of which cannot be told what it holds. False to stop.
        default boolean unreadable(long offset) {
            return true;
        }
    }

    Span span();

    /// Reads the records of a span. One that cannot be read as a record of a tail is told in the log: whoever may
    /// write the topic can put anything there, and a later version something that this one does not know.
    void read(Span span, Reader reader);

    /// Removes the records before `offset`, for good. Only for what the repository has, read back.
    void trim(long offset);

    @Override
    void close();

    /// What records say that they hold.
    ///
    /// @param reach      of each cluster and timeline
    /// @param unreadable how many records there are besides
    record Contents(Map<SystemIdentifier, Map<TimelineId, TailReach>> reach, long unreadable) {}

    /// What the records of a span hold.
    default Contents contents(Span span) {
        Map<SystemIdentifier, Map<TimelineId, TailReach>> reach = new HashMap<>();
        long[] unreadable = new long[1];
        read(span, new Reader() {
            @Override
            public boolean take(TailRecord record) {
                reach.computeIfAbsent(record.system(), _ -> new TreeMap<>())
                        .merge(record.piece().segment().timeline(), TailReach.of(record.piece()), TailReach::with);
                return true;
            }

            @Override
            public boolean unreadable(long offset) {
                unreadable[0]++;
                return true;
            }
        });
        return new Contents(reach, unreadable[0]);
    }
}
