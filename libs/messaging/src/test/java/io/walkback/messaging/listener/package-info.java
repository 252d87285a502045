@NullMarked
package io.walkback.messaging.listener;

import org.jspecify.annotations.NullMarked;
