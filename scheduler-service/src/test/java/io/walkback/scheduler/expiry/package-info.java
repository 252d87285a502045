@NullMarked
package io.walkback.scheduler.expiry;

import org.jspecify.annotations.NullMarked;
