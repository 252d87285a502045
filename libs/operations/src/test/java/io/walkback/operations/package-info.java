@NullMarked
package io.walkback.operations;

import org.jspecify.annotations.NullMarked;
