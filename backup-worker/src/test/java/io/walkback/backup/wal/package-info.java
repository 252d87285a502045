@NullMarked
package io.walkback.backup.wal;

import org.jspecify.annotations.NullMarked;
