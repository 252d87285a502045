/// Plans as they are shown to people and kept in the operation log.
@NullMarked
package io.walkback.domain.plan;

import org.jspecify.annotations.NullMarked;
