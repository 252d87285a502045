/// What happens by itself: scheduled backups, WAL reception, requests that waited too long.
///
/// Nothing is stored. Each tick computes what ought to be from the policy, the clock and the operations, and asks
/// for it under an id that follows from it: `<database>-<instant>`, `wal-<database>`. So it makes no difference
/// how often, by how many instances, or after which crash it is computed (F01, F17, F45).
@NullMarked
package io.walkback.scheduler.trigger;

import org.jspecify.annotations.NullMarked;
