@NullMarked
package io.walkback.scheduler.api;

import org.jspecify.annotations.NullMarked;
