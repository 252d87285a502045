/// Values that every part of Walkback shares: ids, positions in the WAL, errors.
///
/// Plain Java: no Spring, no Kafka, no Avro, no I/O and no clock. What is here can be read, folded and compared on
/// any host with the same answer.
@NullMarked
package io.walkback.domain;

import org.jspecify.annotations.NullMarked;
