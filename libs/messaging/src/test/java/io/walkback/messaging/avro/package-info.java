@NullMarked
package io.walkback.messaging.avro;

import org.jspecify.annotations.NullMarked;
