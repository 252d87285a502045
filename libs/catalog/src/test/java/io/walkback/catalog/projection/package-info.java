@NullMarked
package io.walkback.catalog.projection;

import org.jspecify.annotations.NullMarked;
