@NullMarked
package io.walkback.messaging.topic;

import org.jspecify.annotations.NullMarked;
