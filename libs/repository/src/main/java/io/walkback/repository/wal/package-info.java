/// WAL segments, pieces of unfinished ones, and timeline history files: created once, never changed.
///
/// Equal content under a taken name is success, since archiving twice is normal; other content is an incident and
/// never an overwrite (pitfalls 2 to 4). An object is committed and read back before anybody is told that it is
/// safe (P6). A piece of a segment has a name of its own and is never served as the segment (pitfall 5). "Not
/// there" is an answer, "could not ask" an exception (pitfall 42).
@NullMarked
package io.walkback.repository.wal;

import org.jspecify.annotations.NullMarked;
