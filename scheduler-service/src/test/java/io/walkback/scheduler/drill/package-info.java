@NullMarked
package io.walkback.scheduler.drill;

import org.jspecify.annotations.NullMarked;
