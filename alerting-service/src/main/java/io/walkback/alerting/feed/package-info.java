/// The topics behind the alerts, and who may act on them.
///
/// A service's limits are per integration key and per channel, and one call at a time per cause is a promise, so
/// one process of all that run tells: whoever the group gave every partition to
/// ([io.walkback.alerting.feed.SoleOwnerAssignor]). The others stand by, and the group makes one of them follow
/// within 45 s of a death.
///
/// Taking over, in this order: read `alert-state` and `alert-delivery` to their ends, fold facts from where the
/// group had come to, and tell people only once the facts have run dry or 20 s have passed, since what has ended
/// meanwhile need not be told. Giving up, in this order: no new call, the call under way to its end, then the
/// partitions go.
///
/// A process that was frozen and lost its place may for a moment believe that it still has it. It tells nobody
/// unless its consumer was alive within 30 s, which is less than the group's patience; what it may still write
/// does not undo anything, because states are joined and not replaced when they are read.
@NullMarked
package io.walkback.alerting.feed;

import org.jspecify.annotations.NullMarked;
