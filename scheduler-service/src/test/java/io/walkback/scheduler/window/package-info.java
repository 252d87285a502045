@NullMarked
package io.walkback.scheduler.window;

import org.jspecify.annotations.NullMarked;
