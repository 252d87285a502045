/// Tests of rehearsals.
@NullMarked
package io.walkback.restore.proof;

import org.jspecify.annotations.NullMarked;
