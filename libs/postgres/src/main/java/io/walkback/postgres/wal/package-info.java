/// WAL as bytes: pages, records and timeline histories, read in one pass while they stream by.
///
/// [io.walkback.postgres.wal.WalPageChecker] refuses bytes that are not the WAL of the expected cluster and
/// timeline; [io.walkback.postgres.wal.WalRecordReader] walks the records, checks their CRC and tells what
/// recovery could aim at: ends of transactions with their times, and restore points. Neither holds more than a
/// page header and the first bytes of a record, however long that is.
///
/// Majors differ, as far as this package reads, only in the magic number of a page
/// ([io.walkback.postgres.wal.WalFormat]): the headers of pages and records and the layout of commits, aborts and
/// restore points are the same from 15 to 18 (`src/include/access/xlog_internal.h`, `xlogrecord.h`, `xact.h`).
@NullMarked
package io.walkback.postgres.wal;

import org.jspecify.annotations.NullMarked;
