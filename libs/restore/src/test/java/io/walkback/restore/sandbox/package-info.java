/// Tests of scratch clusters.
@NullMarked
package io.walkback.restore.sandbox;

import org.jspecify.annotations.NullMarked;
