package io.walkback.postgres.wal;

import io.walkback.domain.Lsn;
import java.time.Instant;

/// A commit or an abort, which recovery can aim at.
///
/// @param record    where its record begins
/// @param end       the first position after it, a multiple of 8
/// @param xid       unsigned 32-bit; 0 where the record's header has none: transactions without writes that
///                  PostgreSQL logs all the same, and the second phase of prepared ones
/// @param time      when, by the server's clock, to the microsecond. Times may go backwards from one record to the
///                  next
/// @param committed or else aborted
public record TransactionEnd(Lsn record, Lsn end, long xid, Instant time, boolean committed) {}
