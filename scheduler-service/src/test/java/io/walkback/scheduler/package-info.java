@NullMarked
package io.walkback.scheduler;

import org.jspecify.annotations.NullMarked;
