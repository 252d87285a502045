@NullMarked
package io.walkback.messaging.client;

import org.jspecify.annotations.NullMarked;
