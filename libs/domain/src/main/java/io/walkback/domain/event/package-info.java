/// What the parts of Walkback, and everybody else, tell each other: requests, facts and states, one record type per
/// topic.
///
/// Requests and facts are [io.walkback.domain.event.Event], states are [io.walkback.domain.event.State]. Facts and
/// states are projections of the operation log. The topics have no common order, so a reader joins by
/// `stateVersion`: the higher one wins, whichever comes first ([io.walkback.domain.event.Versioned]).
///
/// Times have microseconds, because that is what the wire carries; finer digits are cut off when a record is made.
/// Each enum has `UNKNOWN`, which is what a reader sees when a newer writer used a constant that it does not know.
@NullMarked
package io.walkback.domain.event;

import org.jspecify.annotations.NullMarked;
