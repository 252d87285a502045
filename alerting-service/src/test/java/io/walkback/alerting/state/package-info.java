@NullMarked
package io.walkback.alerting.state;

import org.jspecify.annotations.NullMarked;
