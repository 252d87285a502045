@NullMarked
package io.walkback.client;

import org.jspecify.annotations.NullMarked;
