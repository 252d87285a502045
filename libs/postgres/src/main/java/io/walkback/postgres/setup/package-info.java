/// What a server needs before it can be protected: settings, a role with the least rights, and for pushed WAL the
/// command that pushes it.
///
/// 1. [io.walkback.postgres.setup.ServerSetup#missing] compares what there is with what is wanted. It changes
///    nothing, and says nothing where all is well.
/// 2. Whoever applies the steps keeps them first: each knows what was there before it.
/// 3. Applied once they are missing no more, though the server may have to be restarted.
/// 4. [io.walkback.postgres.setup.ServerSetup#undo] takes them back, the last one first. What somebody else changed
///    since stays as it is.
///
/// And the way out for commits that wait for our receivers: [io.walkback.postgres.setup.SyncRelease] needs neither
/// Kafka nor a service of ours.
@NullMarked
package io.walkback.postgres.setup;

import org.jspecify.annotations.NullMarked;
