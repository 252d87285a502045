/// What a restore will do, decided before a byte is copied (P12).
///
/// A plan is a value: the backup, the timeline, the WAL segments by name, where recovery stops, and the directories
/// that will be written. [io.walkback.restore.plan.Planner] makes it from listings and from the little WAL that
/// tells where commits lie; [io.walkback.restore.plan.TargetDirectory] then looks at the host. Each refusal names
/// the nearest targets that can be reached.
///
/// Rules that are upheld here: a backup counts only when its *stop* lies before the target (pitfall 38), none is
/// ever replaced by another silently (39), a target beyond the archive is refused (40), each history file on the
/// way must be there (41), the timeline is explicit (43), the directories must be empty (47, 48).
@NullMarked
package io.walkback.restore.plan;

import org.jspecify.annotations.NullMarked;
