/// Where people are told: one class per service, each with that service's limits.
///
/// A sink is told one thing at a time and answers what came of it. It keeps no state, retries nothing and knows no
/// order; `delivery` does all that. What this package promises: a call ends within 12 s whatever the other side
/// does, follows no redirect, reads at most 16 KiB of an answer, and neither an outcome nor a log line holds the
/// address of a webhook or a key (P11).
@NullMarked
package io.walkback.alerting.sink;

import org.jspecify.annotations.NullMarked;
