/// Rounds of copying, on filesystem stores.
@NullMarked
package io.walkback.backup.copy;

import org.jspecify.annotations.NullMarked;
