/// Deletes what retention lets go, and what no backup holds any more (P5).
///
/// ```
/// clock and catalog agree ─> EXPIRING in the log ─> manifest read again, deleted ─> EXPIRED in the log ─> sweep
/// ```
///
/// - Nothing begins unless the store's clock, the catalog and the manifests tell one story (F44, F45).
/// - A backup that the log still needs cannot be marked, and is left alone (F43).
/// - The manifest goes first: a manifest that names a missing pack is damage, a pack that no manifest names is
/// garbage.
/// - The sweep takes what no manifest holds and what is older than the longest backup and a margin. The manifests
///   are listed again before each batch of deletes, and what has appeared meanwhile is kept.
/// - Each step may be cut off and done again: what is gone is gone, and what is marked stays marked.
/// - Timeline histories and wrapped keys stay: they are small, and a copy elsewhere may need them.
@NullMarked
package io.walkback.repository.expiry;

import org.jspecify.annotations.NullMarked;
