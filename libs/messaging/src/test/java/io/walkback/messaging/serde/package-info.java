@NullMarked
package io.walkback.messaging.serde;

import org.jspecify.annotations.NullMarked;
