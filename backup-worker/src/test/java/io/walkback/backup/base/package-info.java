@NullMarked
package io.walkback.backup.base;

import org.jspecify.annotations.NullMarked;
