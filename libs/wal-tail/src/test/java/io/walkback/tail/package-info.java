@NullMarked
package io.walkback.tail;

import org.jspecify.annotations.NullMarked;
