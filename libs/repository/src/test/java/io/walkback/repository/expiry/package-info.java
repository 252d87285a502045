@NullMarked
package io.walkback.repository.expiry;

import org.jspecify.annotations.NullMarked;
