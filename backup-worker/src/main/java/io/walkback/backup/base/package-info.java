/// Base backups of running clusters.
///
/// The order of the steps is the safety argument:
///
/// 1. The registration is looked up, and its password where it is kept.
/// 2. A manifest under this backup's id that is committed already is adopted: an attempt before this one died
///    between its commit and its last word (F03). Nothing is copied then.
/// 3. The server is asked who it is. Another cluster than the registered one is refused (F36).
/// 4. A policy that streams no WAL is refused, since nothing would bring what makes the copy consistent (P1). The
///    slot is made before the backup begins, so that no WAL from the start position on can be recycled unseen
///    (pitfall 16).
/// 5. `BASE_BACKUP` streams; the tar is read strictly (F54), files become extents and pieces in packs, page
///    checksums are judged on the way, what looks wrong is read again (pitfall 27).
/// 6. Cluster and timeline must be the same as at the start, `pg_control` whole, `backup_label` there (pitfalls 22
///    to 25).
/// 7. The manifest is committed last. Only now the backup exists; whatever ends an attempt before that leaves packs
///    that nobody sees (P2).
/// 8. `Copied` is reported, and the backup awaits its WAL without a worker (P1).
///
/// Two attempts that run at once, one of them a zombie, both write; the commit has one winner, and the loser
/// adopts it.
@NullMarked
package io.walkback.backup.base;

import org.jspecify.annotations.NullMarked;
