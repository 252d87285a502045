/// The restore-worker: claims restores that name its host, and does them with [io.walkback.restore.RestoreEngine].
///
/// ```
///  open restore for this host ──> plan it, off the deciding thread ──> bid: target:<host>:<path>, pin: the backup
///        won ──> restore with the pinned backup ──> Completed | AttemptFailed | Cancelled
/// ```
///
/// The backup is chosen before the bid, so that the claim can pin it: from then on no expiry takes it away (P5). A
/// plan that is refused is bid for without a pin, and the attempt tells the refusal. Cancelling stops what runs
/// and leaves the directory marked incomplete. The worker writes directories of its host and nothing else.
@NullMarked
package io.walkback.restore.worker;

import org.jspecify.annotations.NullMarked;
