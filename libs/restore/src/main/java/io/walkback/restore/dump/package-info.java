/// Logical backups taken out of a repository, as the files that `psql` and `pg_restore` read (P4). Each byte is
/// checked against its digests before it is written (P3); a file has its name only when it is whole and on disk.
@NullMarked
package io.walkback.restore.dump;

import org.jspecify.annotations.NullMarked;
