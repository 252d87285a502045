@NullMarked
package io.walkback.backup.heartbeat;

import org.jspecify.annotations.NullMarked;
