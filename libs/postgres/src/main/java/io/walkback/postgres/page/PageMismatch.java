package io.walkback.postgres.page;

/// A page that is not what PostgreSQL wrote, unless it changed while it was read: read it again before judging.
///
/// @param block    number in the relation's fork, across segments
/// @param offset   of its first byte in this file
/// @param found    the checksum that the page carries
/// @param expected the checksum of its content; 0 for a page that says it is new and is not all zero
public record PageMismatch(long block, long offset, int found, int expected) {}
