/// Rehearsals: a backup restored into a scratch cluster, checked, timed and judged (P9, pitfalls 52 and 53).
///
/// ```
///  open      scratch cluster at the target                 timed by phase: their sum is the RTO
///  ask       amcheck, collations, assertions, heartbeat, row counts
///  stop      page checksums of all files
///  judge     FAILED before UNPROVEN before PROVEN          a signed report
/// ```
///
/// `PROVEN` needs positive evidence of every mandatory check: each of them says how much it has looked at, and one
/// that has looked at nothing proves nothing. `FAILED` is said of data that is wrong, and names it: an object of the
/// repository, a relation, an assertion. `UNPROVEN` is said with a reason when it could not be judged. What a check
/// does not look at is listed.
///
/// [io.walkback.restore.proof.Rehearsals] is the front door.
@NullMarked
package io.walkback.restore.proof;

import org.jspecify.annotations.NullMarked;
