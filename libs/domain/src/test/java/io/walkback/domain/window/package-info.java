@NullMarked
package io.walkback.domain.window;

import org.jspecify.annotations.NullMarked;
