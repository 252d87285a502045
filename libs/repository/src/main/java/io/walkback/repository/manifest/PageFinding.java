package io.walkback.repository.manifest;

/// A relation page whose checksum did not match when it was read, and read again.
///
/// @param block    number of the page within its file
/// @param expected what the page's bytes give
/// @param found    what the page's header says
public record PageFinding(EntryPath path, long block, int expected, int found) {}
