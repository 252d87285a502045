/// One table, or one dbname, as it was at a moment: taken out of a scratch cluster into a file, or beside the live
/// table.
///
/// The order is the safety argument:
///
/// 1. The scratch cluster has the backup at the moment that was asked for; production knows nothing of it.
/// 2. Into a file: under another name, synced, and only then under its own, which nobody may have.
/// 3. Into a server: the two tables are compared row by row, the live one in a read-only transaction of one snapshot
///    that reads nothing else. Both sides come in the same order of bytes, so that memory is bounded whatever their
///    size. Only then, and when somebody has agreed, a new table is made beside the live one. It is compared with the
///    copy in the transaction that makes it, and is there only when it is the same. The live table is never written
///    to.
///
/// No row is in a log or an error (P11). Keys of rows that differ are handed to whoever asked, a few of them.
@NullMarked
package io.walkback.restore.extract;

import org.jspecify.annotations.NullMarked;
