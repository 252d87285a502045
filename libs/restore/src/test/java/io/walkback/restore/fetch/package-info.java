/// Tests.
@NullMarked
package io.walkback.restore.fetch;

import org.jspecify.annotations.NullMarked;
