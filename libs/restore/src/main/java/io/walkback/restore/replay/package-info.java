/// Recovery: a server replays WAL from the archive up to the planned stop and is promoted.
///
/// ```
///  startup process ── restore_command ──> wrapper (sh + curl, or sh + java) ── unix socket ──> WalServer ──>
///        archive exit 0: the file is in pg_wal           200: written, digest checked, renamed
///        exit 1: end of archive                  404: the plan ends before it, and nothing else
///        exit above 125: recovery stops          anything else: cannot ask, damaged, not planned, gone
/// ```
///
/// Exit 1 is said of a segment only when it lies beyond the plan: a segment that was planned and cannot be had
/// stops the recovery, so nothing truncated is ever promoted (pitfall 42). History files are the archive's own
/// answer, since the server picks the number of its new timeline by them.
///
/// The server listens on a unix socket only, archives nowhere, and runs nobody's subscriptions (P7, pitfall 49).
@NullMarked
package io.walkback.restore.replay;

import org.jspecify.annotations.NullMarked;
