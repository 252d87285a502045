/// What goes over Kafka, as code: every topic with its key, partitions, cleanup and writers, and every version of
/// every schema.
///
/// - Topics: [io.walkback.schemas.Topics] is the only place that names one. `docs/topics.md` is printed from it.
/// - Schemas: `src/main/avro/v1` and so on. A released file never changes; a new version of one schema goes to the
///   next directory, beside the others of that release, and the older file stays. Each is FULL_TRANSITIVE
///   compatible with all that came before: a field is added or removed only with a default, an enum only grows and
///   has `UNKNOWN` as its default, optional is `["null", T]` with default null.
/// - Something that comes in variants is one record with an enum and the fields of all variants, optional, because
///   a union of records can never grow a branch that old readers survive.
///
/// `io.walkback.schemas.avro` holds the generated classes. Inside Walkback only `messaging` and `catalog` see them.
@NullMarked
package io.walkback.schemas;

import org.jspecify.annotations.NullMarked;
