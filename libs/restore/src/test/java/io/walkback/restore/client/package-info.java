/// Tests.
@NullMarked
package io.walkback.restore.client;

import org.jspecify.annotations.NullMarked;
