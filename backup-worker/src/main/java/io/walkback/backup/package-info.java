/// The backup-worker: everything that reads a database, and the reading back of the repository. It cannot delete.
///
/// One process has the handlers of three kinds of operations, the follower of the operation log, a lease judge and
/// the completion of copied backups; any number of such processes share the work. It has no state of its own: what
/// is in its state directory can be lost at any time.
@NullMarked
package io.walkback.backup;

import org.jspecify.annotations.NullMarked;
