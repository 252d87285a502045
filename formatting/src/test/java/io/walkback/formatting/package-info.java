/// The gate itself, and what makes sure that it can fail.
@NullMarked
package io.walkback.formatting;

import org.jspecify.annotations.NullMarked;
