/// Logical backups: rows and definitions, as PostgreSQL's own `pg_dump` and `pg_dumpall` write them.
///
/// The order of the steps is the safety argument:
///
/// 1. A manifest under this backup's id that is committed already is adopted, as with physical backups (P8).
/// 2. The server says who it is; another cluster than the registered one is refused (F36). Client programs older
///    than the server are refused before anything is read (pitfall 37).
/// 3. The globals come first: roles, tablespaces, settings. They are not in the snapshot of any dbname.
/// 4. For each dbname a session of ours exports a snapshot, and `pg_dump` reads in it. Its output goes through a
///    pipe straight into the repository's writer; when the store is slow, the pipe is full and `pg_dump` waits.
///    Nothing is written to a local disk but the index of the previous backup.
/// 5. An archive counts only when the program ended with 0, and when it lists every relation that the catalog had
///    in that very snapshot.
/// 6. The manifest is committed last; what ends an attempt before that leaves packs that nobody sees (P2).
///
/// How programs are run, and where the password is (P11), is [io.walkback.postgres.client]'s business.
@NullMarked
package io.walkback.backup.logical;

import org.jspecify.annotations.NullMarked;
