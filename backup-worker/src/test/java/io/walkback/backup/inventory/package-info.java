@NullMarked
package io.walkback.backup.inventory;

import org.jspecify.annotations.NullMarked;
