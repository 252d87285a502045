package io.walkback.domain.event;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Whether commits of a database wait for its receivers longer than they may. Told when the answer changes, and
/// once after whoever looks has begun to.
///
/// @param header id, database and time of this record
/// @param blockedSince since when the one that waits longest has waited, as far as it was seen; null: all is well
/// @param waiting commits that wait longer than they may, all together
/// @param standbyNames `synchronous_standby_names`: whom they wait for
public record CommitsChecked(EventHeader header, @Nullable Instant blockedSince, int waiting, String standbyNames)
        implements Event {
    public CommitsChecked {
        blockedSince = blockedSince == null ? null : blockedSince.truncatedTo(ChronoUnit.MICROS);
    }
}
