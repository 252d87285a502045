@NullMarked
package io.walkback.domain.event;

import org.jspecify.annotations.NullMarked;
