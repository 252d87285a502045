@NullMarked
package io.walkback.backup.verification;

import org.jspecify.annotations.NullMarked;
