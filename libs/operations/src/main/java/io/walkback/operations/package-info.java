/// Long work without a lock service: the operation log is the arbiter (P2, P8).
///
/// A worker folds the log, bids for what it can do, and runs what the log says that it won:
///
/// ```
///  operation-log ──> fold ──> bid (Claimed) ──> operation-log ──> fold: won? ──> attempt on its own thread
///                                                                                   │ heartbeats, progress
///                                                                                   v
///  operation-log <── Copied, Completed, AttemptFailed, HandedBack, Cancelled <── its result
/// ```
///
/// - One thread folds and decides; attempts run on virtual threads of their own and never touch the fold.
/// - The result of an attempt is offered to the log until the broker takes it or the fold says that the epoch is
///   over, so work that ended while Kafka was away is told when it is back (F09).
/// - A judge counts silence only while it is itself at the end of the heartbeats and the broker answers; after an
///   outage, or after it was stopped itself, it begins to count anew.
/// - An attempt whose epoch ended is interrupted. That is courtesy, not a fence: each effect has a fence of its
///   own, and what has none (rename, promote, slot drop) asks [Attempt#requireRecentRenewal] first.
@NullMarked
package io.walkback.operations;

import org.jspecify.annotations.NullMarked;
