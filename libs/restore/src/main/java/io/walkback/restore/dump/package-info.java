/// Logical backups taken out of a repository (P4): as the files that `psql` and `pg_restore` read, or through
/// `pg_restore` into a dbname of a running server. Each byte is checked against its digests before it is handed on
/// (P3). A file has its name only when it is whole and on disk; a dbname that was made for it loses its mark only
/// when it has every object of its archive.
@NullMarked
package io.walkback.restore.dump;

import org.jspecify.annotations.NullMarked;
