/// Packs: many extents in one object of some 32 MiB, so that two thousand tiny relations are not two thousand
/// objects.
///
/// A pack is written by one attempt under a name that holds the attempt's UUID, so two attempts never meet. It is
/// committed and read back before any manifest names it, and its page digests before it. Those serve the next
/// backup only: no restore reads them. A pack in no manifest is garbage, or belongs to a backup
/// that is still running.
@NullMarked
package io.walkback.repository.pack;

import org.jspecify.annotations.NullMarked;
