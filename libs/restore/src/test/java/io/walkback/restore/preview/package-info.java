/// Tests.
@NullMarked
package io.walkback.restore.preview;

import org.jspecify.annotations.NullMarked;
