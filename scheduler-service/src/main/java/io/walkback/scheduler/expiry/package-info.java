/// Retention and its execution: what each backup would become, what would be deleted, and doing it.
///
/// This service runs under the only identity that may delete from a repository. An expiry is an operation like any
/// other: asked for daily by [ExpirySchedule] or by a person, claimed with `expiry:<database>`, so that one runs
/// at a time. It goes by the catalog only when that has followed the log up to its own claim (F44), marks each
/// backup in the log before it touches it, and believes a mark only when the fold has it. After that it takes out
/// of the second place what the log has said to be gone for a day.
@NullMarked
package io.walkback.scheduler.expiry;

import org.jspecify.annotations.NullMarked;
