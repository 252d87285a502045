/// Tests.
@NullMarked
package io.walkback.restore.plan;

import org.jspecify.annotations.NullMarked;
