package io.walkback.domain.event;

import org.jspecify.annotations.Nullable;

/// Where recovery ends.
///
/// @param kind how the end is named
/// @param value the time (RFC 3339 with a zone), LSN, transaction id or restore point; null for LATEST and
///     IMMEDIATE
public record RecoveryTarget(TargetKind kind, @Nullable String value) {}
