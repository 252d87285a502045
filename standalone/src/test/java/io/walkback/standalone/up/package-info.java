/// Tests of `walkback up`.
@NullMarked
package io.walkback.standalone.up;

import org.jspecify.annotations.NullMarked;
