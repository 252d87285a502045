@NullMarked
package io.walkback.schemas;

import org.jspecify.annotations.NullMarked;
