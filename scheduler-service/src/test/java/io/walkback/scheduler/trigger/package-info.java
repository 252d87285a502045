@NullMarked
package io.walkback.scheduler.trigger;

import org.jspecify.annotations.NullMarked;
