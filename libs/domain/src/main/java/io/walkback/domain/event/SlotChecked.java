package io.walkback.domain.event;

import org.jspecify.annotations.Nullable;

/// How much WAL a database's replication slot keeps on its server. Told when the severity changes.
///
/// @param header id, database and time of this record
/// @param severity how soon a person must look; null: all is well
/// @param slot its name
/// @param walStatus `reserved`, `extended`, `unreserved` or `lost`; empty where it keeps nothing
/// @param retainedBytes WAL from the oldest that the slot keeps to the server's end
/// @param limitBytes `max_slot_wal_keep_size`; null where it is unlimited, and the server's disk is the limit
/// @param secondsToFull when the limit is reached if it goes on like this; null where nothing grows, or nobody can
///     tell
public record SlotChecked(
        EventHeader header,
        @Nullable Severity severity,
        String slot,
        String walStatus,
        long retainedBytes,
        @Nullable Long limitBytes,
        @Nullable Long secondsToFull)
        implements Event {}
