/// Writing and reading whole backups.
///
/// The order is the safety argument: extents go into packs; each pack is committed and read back; when every pack
/// is there, the manifest is committed by create-if-absent, and that is the commit of the backup; whoever loses
/// that race adopts the winner's manifest. A pack's page digests are committed before it. A crash before leaves
/// packs that no manifest names, and nothing that a reader can see (P2). An extent of which the previous backup
/// has most is stored as a delta of its pages; which pages, page digests tell, and only if they give the identity
/// that the previous manifest has. Reading checks every byte that it hands out, and names the object that failed
/// (P3).
@NullMarked
package io.walkback.repository.backup;

import org.jspecify.annotations.NullMarked;
