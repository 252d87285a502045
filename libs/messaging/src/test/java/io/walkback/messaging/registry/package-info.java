@NullMarked
package io.walkback.messaging.registry;

import org.jspecify.annotations.NullMarked;
