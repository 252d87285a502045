package io.walkback.restore.plan;

import java.nio.file.Path;

/// A tablespace and where it goes.
///
/// @param oid its number, unsigned; the link to it is `pg_tblspc/<oid>`
/// @param from its directory on the source
/// @param to absolute, empty or absent
/// @param bytes plain bytes of its files
public record TablespacePlan(int oid, String from, Path to, long bytes) {
    public String name() {
        return Integer.toUnsignedString(oid);
    }
}
