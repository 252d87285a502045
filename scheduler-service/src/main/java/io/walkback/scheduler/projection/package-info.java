/// Runs the projection of the operation log (P2, F02). ADR 0005 says why it is here.
///
/// Per batch, in one transaction: `operations` and `backup-catalog` in the partition of their log record, facts,
/// and the position in the log. On assignment of a partition, in this order:
///
/// 1. ask the group's position; the broker answers only when no transaction on it is open
/// 2. wait until every transaction that was open on the same partition of `operations` has ended: a committed
///    position can be visible a moment before the records of its transaction are
/// 3. read that partition of `operations` into a fold, and go on in the log after it
///
/// An operation that has been over for `OperationFold.KEPT` gets a tombstone in `operations`, in a transaction of
/// its own that carries the group's position as well. Everybody who folds forgets by the same rule, and nobody's
/// answers depend on when he does, so the order between the tombstone and other readers' forgetting does not
/// matter.
///
/// A member that lost its partitions without knowing fails when it commits, because the broker compares the group's
/// generation; then it forgets its folds and begins at 1.
@NullMarked
package io.walkback.scheduler.projection;

import org.jspecify.annotations.NullMarked;
