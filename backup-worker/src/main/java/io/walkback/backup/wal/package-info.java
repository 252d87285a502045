/// Receiving WAL through a physical replication slot into the repository, one receiver per database.
///
/// ```
///  walsender ──> pages and records checked ──> five spool files ───┬─ whole segment ──────────> repository,
///      ^                                                           └─ every 5 s what there is ─> read back
///      │                                                                                            │
///      └── "flushed": the end of the contiguous prefix; PostgreSQL drops WAL up to here (P6) <──────┘
/// ```
///
/// 1. A walsender that still holds the slot is ended, as long as our own claim is freshly renewed: that is the
///    fence, so that a half-open connection of a predecessor does not cost a minute.
/// 2. Reception goes on at the archived frontier of the lineage, at the beginning of a segment, not where the slot
///    or the server happens to be (pitfall 17, [io.walkback.backup.wal.Frontier]). What the server no longer has
///    is a hole, declared at once.
/// 3. The history file of a timeline is stored before the first byte of that timeline (pitfall 4).
/// 4. A segment is sealed by create-if-absent; other content under its name is an incident and ends the attempt
///    (pitfall 2). Several are sealed at once, and where all spool files are taken the socket waits. What the
///    repository has without a hole is reported as flushed, and nothing else (pitfalls 1, 11, 19). What lies in the
///    spool was never reported; after a restart the server sends it again, and the spool is wiped (pitfall 12).
///    While the server writes, what there is of the unfinished segment is stored every five seconds as a piece of
///    its own name, and at once where the server waits for it: one that shuts down waits until all that it sent is
///    flushed. Pieces are deleted when their segment is sealed ([io.walkback.backup.wal.Keeping]).
/// 5. The end of a timeline is followed on the wire. The last, unfinished segment of the old timeline is not
///    sealed, but stored as a piece before anything of the new one: its bytes up to the switch are the beginning of
///    the first segment there.
///
/// Under a policy with a tail, what was checked goes to the brokers too ([io.walkback.backup.wal.ConnectionTail]),
/// and the prefix counts what either has. Before anything else the tail is brought into the repository
/// ([io.walkback.backup.wal.TailDrain]), and once more after step 1; records leave it when they can be read from
/// the store ([io.walkback.backup.wal.TailTrim]). While the store is away the brokers alone get it
/// ([io.walkback.backup.wal.StorelessReception]).
///
/// Where the policy has WAL pushed there is no slot and no receiver. The server's `archive_command` brings file
/// after file to [io.walkback.backup.wal.PushListener], whichever worker's:
///
/// ```
///  archive_command ──> a file in the spool ──> pages and records checked ──> repository, read back ──> 200
/// ```
///
/// Steps 3 to 5 hold there too, but for the order: files may overtake each other. Nothing is claimed for it, since
/// equal content is success and other content is an incident, whoever writes first.
///
/// An idle server is silent and well: nothing is restarted for it (pitfall 14). Where a backup waits for the end
/// of a segment that nobody fills, the segment is switched, if the role may
/// ([io.walkback.backup.wal.SegmentSwitch]).
@NullMarked
package io.walkback.backup.wal;

import org.jspecify.annotations.NullMarked;
