/// Kafka clients with the settings that keep data, for those who poll themselves and for Spring alike.
///
/// Producers wait for all in-sync brokers and repeat without duplicates; consumers read committed records only,
/// never commit by themselves, and bound what they hold in memory. Keys are text, values are domain records.
@NullMarked
package io.walkback.messaging.client;

import org.jspecify.annotations.NullMarked;
