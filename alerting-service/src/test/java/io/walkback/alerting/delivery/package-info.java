@NullMarked
package io.walkback.alerting.delivery;

import org.jspecify.annotations.NullMarked;
