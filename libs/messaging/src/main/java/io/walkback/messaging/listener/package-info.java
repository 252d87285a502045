/// The edge to Spring Kafka: listeners get domain records, and a record that cannot be used stops nobody.
///
/// A listener's container reads bytes. Each record is decoded when its turn comes, inside the same retry as the
/// listener itself, so that raw key and value are at hand whatever goes wrong:
///
/// ```
/// bytes ── decode ── listener ── commit
///            │          │
///            └── fault ─┴── RetryableException: again, with backoff and jitter, at most 10 min; the registry:
///                       until it is back └── anything else: <topic>-dlt, once, raw bytes and the failure in
///                       headers, then commit
/// ```
///
/// If the dead letter cannot be written the record is tried again: nothing is committed that is neither handled
/// nor kept. A container that stops without being told turns the health red and logs an error, because a consumer
/// must not die quietly.
@NullMarked
package io.walkback.messaging.listener;

import org.jspecify.annotations.NullMarked;
