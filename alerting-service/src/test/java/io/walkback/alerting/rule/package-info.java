@NullMarked
package io.walkback.alerting.rule;

import org.jspecify.annotations.NullMarked;
