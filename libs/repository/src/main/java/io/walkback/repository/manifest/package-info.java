/// Manifests: the list of files and extents that makes one backup readable, and the facts that make it recoverable.
///
/// Written last, deleted first. It exists under its key only as a whole, and its existing is what "committed"
/// means. Written and read as a stream: ten million extents fit the same heap; only the pack table, 44 bytes for
/// each 32 MiB stored, is held.
@NullMarked
package io.walkback.repository.manifest;

import org.jspecify.annotations.NullMarked;
