package io.walkback.backup.wal;

import io.walkback.domain.Lsn;

/// What the loss of the server would cost now, with the tail where there is one, and with the repository alone.
/// Thread-safe.
///
/// @param now   what is neither in the repository nor acknowledged by the brokers of a tail: RPO now
/// @param store what is not in the repository; the same where there is no tail
record Exposures(Exposure now, Exposure store) {
    Exposures(long aloneSince) {
        this(new Exposure(aloneSince), new Exposure(aloneSince));
    }

    void lastStored(long nanos) {
        now.lastStored(nanos);
        store.lastStored(nanos);
    }

    void connected(Lsn from, Lsn serverEnd, long nanos) {
        now.connected(from, serverEnd, nanos);
        store.connected(from, serverEnd, nanos);
    }

    void heard(Lsn end, long nanos) {
        now.heard(end, nanos);
        store.heard(end, nanos);
    }

    void alone(long nanos) {
        now.alone(nanos);
        store.alone(nanos);
    }
}
