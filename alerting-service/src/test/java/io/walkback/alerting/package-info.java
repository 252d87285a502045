@NullMarked
package io.walkback.alerting;

import org.jspecify.annotations.NullMarked;
