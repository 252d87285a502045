/// The operation log and the heartbeats on Kafka.
///
/// A reader starts from the `operations` topic, which is partitioned as `operation-log` is and written in its
/// order: what partition n holds is the state at the highest version in it. From there the log is read. Where the
/// log begins later than both that version and the projector's committed position, records are missing, and the
/// start is refused.
@NullMarked
package io.walkback.operations.kafka;

import org.jspecify.annotations.NullMarked;
