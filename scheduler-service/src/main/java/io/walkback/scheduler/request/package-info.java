/// Requests become operations (P8).
///
/// A request counts as soon as it stands in its topic, whoever wrote it. It is judged here, in one place, and ends
/// as
/// `Opened` or `Rejected` in the operation log, keyed by database, under its own id. Delivered again it is void
/// there, so nothing has to remember what was seen.
@NullMarked
package io.walkback.scheduler.request;

import org.jspecify.annotations.NullMarked;
