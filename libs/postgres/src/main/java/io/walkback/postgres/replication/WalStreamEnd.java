package io.walkback.postgres.replication;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;

/// Why a stream of WAL ended without a fault.
public sealed interface WalStreamEnd {
    /// Somebody called [WalStream#stop]. The connection can go on.
    ///
    /// @param received the end of what the sink was given
    record Stopped(Lsn received) implements WalStreamEnd {}

    /// The timeline ended on the server, which switched to another. The connection can go on: read the history of
    /// `next` and stream it from the start of the segment that holds `switchPoint`.
    record TimelineSwitched(Lsn received, TimelineId next, Lsn switchPoint) implements WalStreamEnd {}

    /// The server shut down in an orderly way and has sent all it had. The connection is gone.
    record ServerShutdown(Lsn received) implements WalStreamEnd {}
}
