@NullMarked
package io.walkback.backup.completion;

import org.jspecify.annotations.NullMarked;
