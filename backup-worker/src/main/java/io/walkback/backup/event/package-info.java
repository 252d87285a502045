/// Facts that a worker tells by itself: archived WAL, holes in it, findings in the repository.
///
/// They are copies of what the repository says, so work never waits for Kafka on their account (F08, F09): they go
/// out in order as soon as the brokers take them, and a repetition carries the same id.
@NullMarked
package io.walkback.backup.event;

import org.jspecify.annotations.NullMarked;
