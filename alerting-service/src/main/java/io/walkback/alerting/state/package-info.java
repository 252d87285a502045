/// What stands to be told, one value per cause, folded from signals and kept on the compacted topic `alert-state`.
///
/// The fold is a join: of each severity the newest failure counts, and of the all-clears the newest; a cause
/// stands when a failure is newer than the newest all-clear. So the order of arrival does not matter, a repetition
/// changes nothing, and an old event neither opens nor closes what newer ones have decided (F18). An all-clear is
/// kept even when nothing was open, because the failure that it ends may arrive after it.
///
/// Order, which [io.walkback.alerting.state.AlertBook] keeps: the new state is on the topic before anybody acts on
/// it, and the event's offset is committed after that. A crash in between folds the event once more, to the same
/// state.
///
/// Bounded by the fleet: one state per kind and database, one per sink, and one delivery per state and sink.
@NullMarked
package io.walkback.alerting.state;

import org.jspecify.annotations.NullMarked;
