@NullMarked
package io.walkback.operations.kafka;

import org.jspecify.annotations.NullMarked;
