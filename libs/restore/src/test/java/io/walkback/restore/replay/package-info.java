/// Tests.
@NullMarked
package io.walkback.restore.replay;

import org.jspecify.annotations.NullMarked;
