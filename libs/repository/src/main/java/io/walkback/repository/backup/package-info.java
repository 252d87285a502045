/// Writing and reading whole backups.
///
/// The order is the safety argument: extents go into packs; each pack is committed and read back; when every pack
/// is there, the manifest is committed by create-if-absent, and that is the commit of the backup; whoever loses
/// that race adopts the winner's manifest. A crash before leaves packs that no manifest names, and nothing that a
/// reader can see (P2). Reading checks every byte that it hands out, and names the object that failed (P3).
@NullMarked
package io.walkback.repository.backup;

import org.jspecify.annotations.NullMarked;
