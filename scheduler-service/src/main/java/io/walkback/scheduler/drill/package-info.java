/// Rehearsals from the side that wants them (P9, P10): asks for them when they are due, watches how old the proof is
/// and what the objectives say, and shows the figures. Whoever carries them out is a restore-worker.
///
/// - A proof is one verdict `PROVEN`. What failed, hung, was skipped or could not judge is asked for again the next
///   day, until something is proven.
/// - That nothing is proven in time is told from here, so it is told also when no worker is left.
@NullMarked
package io.walkback.scheduler.drill;

import org.jspecify.annotations.NullMarked;
