/// Files out of a repository into a data directory.
///
/// ```
///  walkback.incomplete ──> directories, files (parallel, each byte verified), links ──> sync ──> pg_control ──>
///  sync
/// ```
///
/// `pg_control` is written under another name and renamed last (pitfall 23): without it no server starts, so half
/// a copy is never mistaken for a whole one. `backup_label` and `tablespace_map` are written byte for byte
/// (pitfall 22).
@NullMarked
package io.walkback.restore.fetch;

import org.jspecify.annotations.NullMarked;
