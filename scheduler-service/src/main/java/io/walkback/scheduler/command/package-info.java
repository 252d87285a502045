/// What the API and the schedules write: records and their audit entry in one transaction (pitfall 75).
///
/// The audit log is one hash chain per life of a writer. An entry's place in the chain is taken only when its
/// transaction is committed; after a transaction whose end is unknown a new chain begins, so a chain never forks.
@NullMarked
package io.walkback.scheduler.command;

import org.jspecify.annotations.NullMarked;
