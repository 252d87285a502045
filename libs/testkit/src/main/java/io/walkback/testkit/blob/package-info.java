/// What every blob store promises, as one suite that each adapter extends in one line.
@NullMarked
package io.walkback.testkit.blob;

import org.jspecify.annotations.NullMarked;
