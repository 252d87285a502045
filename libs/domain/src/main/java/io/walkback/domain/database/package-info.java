/// The inventory: which clusters are protected, how they are reached, and by which policy.
@NullMarked
package io.walkback.domain.database;

import org.jspecify.annotations.NullMarked;
