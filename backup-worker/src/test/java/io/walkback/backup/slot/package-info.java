@NullMarked
package io.walkback.backup.slot;

import org.jspecify.annotations.NullMarked;
