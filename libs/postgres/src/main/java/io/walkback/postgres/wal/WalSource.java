package io.walkback.postgres.wal;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Whose WAL is expected.
///
/// @param major       15 to 18
/// @param identifier  of the cluster
/// @param history     of the timeline: pages before its branch point carry the number of the ancestor that wrote
///                    them
/// @param segmentSize bytes
public record WalSource(int major, SystemIdentifier identifier, TimelineHistory history, int segmentSize) {
    public WalSource {
        WalFormat.magic(major);
        WalSegment.containing(history.timeline(), Lsn.INVALID, segmentSize); // refuses sizes that no cluster has
    }

    /// The major whose pages begin with these two bytes; empty for those of no major that is known here.
    public static OptionalInt majorOf(byte first, byte second) {
        int magic = WalFormat.u16(new byte[] {first, second}, 0);
        return IntStream.rangeClosed(WalFormat.OLDEST_MAJOR, WalFormat.NEWEST_MAJOR)
                .filter(major -> WalFormat.magic(major) == magic)
                .findFirst();
    }

    public TimelineId timeline() {
        return history.timeline();
    }
}
