/// To which moments a database can be walked back: interval arithmetic over the WAL that is there and the backups
/// that lead into it. Pure; asks no store.
@NullMarked
package io.walkback.domain.window;

import org.jspecify.annotations.NullMarked;
