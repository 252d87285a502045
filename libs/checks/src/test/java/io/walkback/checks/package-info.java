@NullMarked
package io.walkback.checks;

import org.jspecify.annotations.NullMarked;
