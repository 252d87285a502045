package io.walkback.repository.manifest;

/// What a backup moved.
///
/// @param bytes         plain bytes of all files
/// @param storedBytes   bytes that this backup added to the repository: packs and page digests, its manifest not
/// counted
/// @param newExtents    extents stored, whole or as a delta
/// @param reusedExtents extents that the previous backup had already
public record BackupStatistics(long files, long bytes, long storedBytes, long newExtents, long reusedExtents) {
    public static final BackupStatistics NOTHING = new BackupStatistics(0, 0, 0, 0, 0);
}
