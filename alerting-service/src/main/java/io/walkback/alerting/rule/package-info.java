/// What a fact means to a person: which cause it speaks of, how bad that is, and whether it has come or gone.
///
/// Pure: no clock, no I/O. A new event does not compile until somebody has decided here whether it alarms.
@NullMarked
package io.walkback.alerting.rule;

import org.jspecify.annotations.NullMarked;
