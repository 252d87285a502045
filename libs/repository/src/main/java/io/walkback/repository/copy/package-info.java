/// Copies a repository into another place, so that one place can burn down.
///
/// The copy is byte for byte: the same names, the same repository id, the same wrapped keys. So a restore needs the
/// copy and the key, nothing of the original. Order of writes, for each lineage: what leads to keys, then WAL, then
/// for each backup its closure and **last its manifest**; so at any moment whatever the copy has a manifest for is
/// whole in it. Nothing is ever overwritten or deleted, and the database is not touched.
@NullMarked
package io.walkback.repository.copy;

import org.jspecify.annotations.NullMarked;
