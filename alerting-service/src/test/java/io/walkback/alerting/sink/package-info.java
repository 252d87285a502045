@NullMarked
package io.walkback.alerting.sink;

import org.jspecify.annotations.NullMarked;
