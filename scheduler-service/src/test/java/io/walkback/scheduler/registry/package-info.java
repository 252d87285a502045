@NullMarked
package io.walkback.scheduler.registry;

import org.jspecify.annotations.NullMarked;
