package io.walkback.restore.plan;

import java.nio.file.Path;

/// A tablespace and where it goes.
///
/// @param oid its number, unsigned; the link to it is `pg_tblspc/<oid>`
/// @param from its directory on the source
/// @param to absolute, empty or absent
/// @param bytes plain bytes of its files
public record TablespacePlan(int oid, String from, Path to, long bytes) {
    /// In place of a path in the backup: each tablespace that is not named goes into a folder of its own within
    /// the directory that this is mapped to.
    public static final String ANY_OTHER = "*";

    public String name() {
        return Integer.toUnsignedString(oid);
    }
}
