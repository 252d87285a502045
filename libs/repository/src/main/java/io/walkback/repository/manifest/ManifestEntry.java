package io.walkback.repository.manifest;

import java.util.List;

/// One line of a manifest.
public sealed interface ManifestEntry {
    record Directory(EntryPath path, EntryAttributes attributes) implements ManifestEntry {}

    record SymbolicLink(EntryPath path, EntryAttributes attributes, String target) implements ManifestEntry {}

    /// A tablespace outside the data directory. Its files follow under `pg_tblspc/<oid>/`.
    ///
    /// @param oid      unsigned
    /// @param location absolute path on the source
    record Tablespace(int oid, String location) implements ManifestEntry {}

    /// A regular file. Holds some 100 bytes for each extent while it is held.
    ///
    /// @param size plain bytes, the sum of its extents'
    record File(EntryPath path, EntryAttributes attributes, FileKind kind, long size, List<FileExtent> extents)
            implements ManifestEntry {
        public File {
            extents = List.copyOf(extents);
        }
    }
}
