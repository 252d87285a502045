@NullMarked
package io.walkback.scheduler.rebuild;

import org.jspecify.annotations.NullMarked;
