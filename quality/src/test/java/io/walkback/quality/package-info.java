/// Rules over all modules at once. They read what the other modules compiled and what their tests ran, so this
/// module is the last of the reactor.
@NullMarked
package io.walkback.quality;

import org.jspecify.annotations.NullMarked;
