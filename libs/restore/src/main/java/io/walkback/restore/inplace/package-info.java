/// A restore in the place of a cluster, with a way back.
///
/// ```
///  journal BEGUN, durable ──> stop hook ──> no server? ──> each directory renamed to its sibling, durable
///     ──> restore as into empty directories ──> verification ──> start hook ──> journal DONE
/// ```
///
/// Whatever fails or is cut off before DONE ends with the old directories under their old names: at once, on the
/// next start of a worker of this host, or when somebody restores into the same directory again. What must be
/// undone is told by the disk alone: a sibling that is there was moved. From DONE on the set-aside directories
/// stay until they expire; before it they are the only whole copy, and nothing removes them.
@NullMarked
package io.walkback.restore.inplace;

import org.jspecify.annotations.NullMarked;
