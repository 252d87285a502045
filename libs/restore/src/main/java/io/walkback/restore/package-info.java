/// From a repository to a database that runs: `plan -> check -> fetch -> replay -> open` (design of restores; P3,
/// P7, P12).
///
/// ```
///  plan     which backup, which WAL, where to stop; refused here or never          nothing is written
///  check    directories empty, disk, server programs, lock of the host             the lock only
///  fetch    marker first; files verified by digest; synced; pg_control last        target, tablespaces
///  replay   server on a unix socket, WAL through restore_command, promote          target
///  open     recovery settings out, archive_mode=off stays, server started anew     target; marker last
/// ```
///
/// - While the marker file `walkback.incomplete` is there the copy is not to be used, and cannot be: before the
///   fetch has ended there is no `pg_control`, afterwards `recovery.signal` asks for a `restore_command` that
///   answers nobody but us (F04).
/// - A later attempt of the same operation wipes what the earlier one wrote, which the marker proves, and starts
///   anew. Anything else in a directory is somebody's and is refused.
/// - An ending that was reached but not told is found in the run directory beside the target and adopted.
///
/// [io.walkback.restore.RestoreEngine] is the front door, for the restore-worker and for the command line.
@NullMarked
package io.walkback.restore;

import org.jspecify.annotations.NullMarked;
