/// What people and `walkback alerts list` read: alerts as they stand, with what each sink knows of them.
@NullMarked
package io.walkback.alerting.api;

import org.jspecify.annotations.NullMarked;
