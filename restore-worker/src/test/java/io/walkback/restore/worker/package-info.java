/// Tests.
@NullMarked
package io.walkback.restore.worker;

import org.jspecify.annotations.NullMarked;
