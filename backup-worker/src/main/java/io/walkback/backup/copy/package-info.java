/// The second repository: what the worker has stored, copied to another place without touching a database again.
///
/// Every worker that has an address for it copies every database whose policy wants two copies. Objects are created
/// if they are absent, so more than one at it costs requests and harms nothing. Nothing is ever deleted by a
/// worker.
///
/// A backup is said to be in the second place when a round that began after the backup was complete has ended well:
/// all its WAL was in the first place then, and the round copied it. Said in the operation log, projected into the
/// catalog; saying it twice changes nothing.
@NullMarked
package io.walkback.backup.copy;

import org.jspecify.annotations.NullMarked;
