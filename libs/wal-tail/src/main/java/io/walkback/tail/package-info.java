/// The tail of a database's WAL: what the repository does not have whole yet, in a topic of its own, in sealed
/// records, each acknowledged by every in-sync broker before PostgreSQL is told that it is flushed.
///
/// Order: a record is removed only after the repository has the whole segment that it belongs to, read back.
/// Whoever reads unites records by system identifier, timeline and LSN, whoever wrote them: a writer that was
/// taken over may hold bytes that PostgreSQL was told are safe.
@NullMarked
package io.walkback.tail;

import org.jspecify.annotations.NullMarked;
