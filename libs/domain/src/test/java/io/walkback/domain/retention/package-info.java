@NullMarked
package io.walkback.domain.retention;

import org.jspecify.annotations.NullMarked;
