/// Tests.
@NullMarked
package io.walkback.restore;

import org.jspecify.annotations.NullMarked;
