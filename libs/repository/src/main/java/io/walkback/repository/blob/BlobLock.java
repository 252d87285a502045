package io.walkback.repository.blob;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.database.Immutability;
import java.time.Duration;
import java.util.Optional;

/// A lock that a blob gets when it is written.
///
/// @param lasts from then on
public record BlobLock(BlobLocks.Mode mode, Duration lasts) {
    /// What a policy asks for; empty when it wants no locks. One that only a newer version knows is
    /// `NOT_SUPPORTED`.
    public static Optional<BlobLock> of(Immutability wanted) {
        return switch (wanted.lockMode()) {
            case NONE -> Optional.empty();
            case GOVERNANCE -> Optional.of(new BlobLock(BlobLocks.Mode.GOVERNANCE, wanted.lasts()));
            case COMPLIANCE -> Optional.of(new BlobLock(BlobLocks.Mode.COMPLIANCE, wanted.lasts()));
            case UNKNOWN ->
                throw new OperatorActionException(
                        FailureCode.NOT_SUPPORTED,
                        "the policy asks for locks of a kind that this version does not know",
                        "Bring every service to the version that wrote the policy; nothing is written until then.");
        };
    }

    /// The harder mode and the longer time of both.
    public BlobLock and(BlobLock other) {
        return new BlobLock(
                mode.compareTo(other.mode) >= 0 ? mode : other.mode,
                lasts.compareTo(other.lasts) >= 0 ? lasts : other.lasts);
    }

    @Override
    public String toString() {
        return mode + " for " + lasts.toDays() + " days";
    }
}
