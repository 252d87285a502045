@NullMarked
package io.walkback.scheduler.projection;

import org.jspecify.annotations.NullMarked;
