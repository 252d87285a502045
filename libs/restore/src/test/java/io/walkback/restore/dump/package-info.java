@NullMarked
package io.walkback.restore.dump;

import org.jspecify.annotations.NullMarked;
