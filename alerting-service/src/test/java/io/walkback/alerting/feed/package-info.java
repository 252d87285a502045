@NullMarked
package io.walkback.alerting.feed;

import org.jspecify.annotations.NullMarked;
