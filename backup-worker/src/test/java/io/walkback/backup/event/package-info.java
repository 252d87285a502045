@NullMarked
package io.walkback.backup.event;

import org.jspecify.annotations.NullMarked;
