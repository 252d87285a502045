@NullMarked
package io.walkback.domain.operation;

import org.jspecify.annotations.NullMarked;
