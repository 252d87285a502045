/// To which moments each database can be walked back, answered from the views: no store is asked (P12).
///
/// The index itself is kept by [io.walkback.scheduler.projection.WindowSession]; every instance follows it. What is
/// not in the index is not known to be missing: a request is refused here only for a hole that an event has
/// declared. Everything else is for the plan, which looks into the repository.
@NullMarked
package io.walkback.scheduler.window;

import org.jspecify.annotations.NullMarked;
