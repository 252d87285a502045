/// Checksums of data pages, verified while a backup streams by.
///
/// PostgreSQL computes a page's checksum when it writes it (`src/include/storage/checksum_impl.h`), and so can
/// whoever reads it. A page whose LSN lies at or after the backup's start may be torn by the very write that WAL
/// replay repeats, so it is not judged, as the server's own base backup does.
@NullMarked
package io.walkback.postgres.page;

import org.jspecify.annotations.NullMarked;
