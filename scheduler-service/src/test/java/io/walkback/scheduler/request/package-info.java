@NullMarked
package io.walkback.scheduler.request;

import org.jspecify.annotations.NullMarked;
