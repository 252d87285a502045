/// Records to bytes and back, for Kafka's clients.
///
/// ```
/// +------+----------------------+-------------------+
/// | 0x00 | schema id, 4 bytes,  | Avro binary       |      the wire format of kafka-avro-serializer
/// |      | big-endian           |                   |
/// +------+----------------------+-------------------+
/// header "walkback-schema": 8 bytes, big-endian, CRC-64-AVRO of the writer's schema (ours only; others may leave
/// it out)
/// ```
///
/// Two layers. [io.walkback.messaging.serde.AvroSerializer] and [io.walkback.messaging.serde.AvroDeserializer] know
/// Avro and the registry and can be replaced by Confluent's through a setting.
/// [io.walkback.messaging.serde.MessageSerializer] and [io.walkback.messaging.serde.MessageDeserializer] know the
/// domain and use them.
///
/// All have a no-argument constructor and are told the rest by `configure`, as Kafka wants it.
@NullMarked
package io.walkback.messaging.serde;

import org.jspecify.annotations.NullMarked;
