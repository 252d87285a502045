/// scheduler-service: opens operations, projects the log, runs schedules, answers REST.
///
/// Start, in this order; each step needs the one before:
///
/// 1. topics are there and right
/// 2. state topics are read to their ends, the configuration file is applied to `databases`
/// 3. the operation log is followed and judged, the projector joins its group, the clock of schedules begins to
/// tick 4. listeners of requests, and the web server
///
/// Any number of instances run side by side. What each does is safe to be done by all of them at once: ids decide,
/// not locks. A part that can no longer work ends the process with exit status 1; nothing dies quietly.
@NullMarked
package io.walkback.scheduler;

import org.jspecify.annotations.NullMarked;
