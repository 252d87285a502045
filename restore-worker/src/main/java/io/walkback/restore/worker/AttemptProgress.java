package io.walkback.restore.worker;

import io.walkback.domain.Lsn;
import io.walkback.operations.Attempt;
import io.walkback.restore.RestoreProgress;
import org.jspecify.annotations.Nullable;

/// Tells an attempt's heartbeats how far a scratch cluster is. It needs no fence: nobody else can take its folder for
/// anything, and it never becomes anybody's database.
record AttemptProgress(Attempt attempt) implements RestoreProgress {
    @Override
    public void at(String phase, long done, @Nullable Long total, @Nullable Lsn lsn) {
        attempt.progress(phase, done, total, lsn);
    }
}
