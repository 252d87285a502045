@NullMarked
package io.walkback.restore.extract;

import org.jspecify.annotations.NullMarked;
