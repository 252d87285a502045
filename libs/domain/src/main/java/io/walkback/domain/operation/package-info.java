/// Work as a fold over the operation log (P2, P8): who holds which operation, decided by the order of records
/// alone.
///
/// ```
/// (nothing) ── Opened ──> Open ── Claimed ──> Claimed ── Copied ──> AwaitingWal ── Completed ──> Completed
///     │                   │  ^                  │ └───── Completed (all but physical backups) ────────^
///     │                   │  └── HandedBack, AttemptLost, retryable AttemptFailed, attempts left
///     │                   │                     └── AttemptLost, AttemptFailed otherwise ──> Failed
///     └── Rejected        └── Skipped ──> Rejected              AwaitingWal ── AttemptFailed ──> Failed
///
/// CancelRequested ends Open and AwaitingWal at once; a Claimed one when its attempt ends, however it ends ──>
/// Cancelled
/// ```
///
/// - The first valid claim in log order wins; every reader folds the same log to the same answer. A record that
///   does not fit the state is void: duplicates, zombies and late arrivals are normal and change nothing.
/// - An [Epoch] is where the winning claim stands in the log. Each record of an attempt carries it, and only the
///   current one is accepted.
/// - Pins, holds and `Expiring` marks share that order: a mark is void while a live claim pins the backup or a hold
///   stands on it, a later pin on a marked backup makes its claim void, and a later hold is rejected (P5).
///   `Expired` says that the manifest is gone; a month after that the mark is forgotten.
/// - There is no clock here: times are facts that records carry, never compared with now.
@NullMarked
package io.walkback.domain.operation;

import org.jspecify.annotations.NullMarked;
