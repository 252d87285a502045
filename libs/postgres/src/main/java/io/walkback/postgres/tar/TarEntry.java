package io.walkback.postgres.tar;

import java.time.Instant;

/// One header, checked.
///
/// @param name       relative to the archive's root, `/` between parts, none at the end
/// @param size       bytes of content, 0 unless it is a file
/// @param mode       permission bits, `0600`
/// @param owner      numeric user on the server's host
/// @param group      numeric group
/// @param modified   to the second
/// @param linkTarget where a link points, empty unless it is one
public record TarEntry(
        String name, Type type, long size, int mode, long owner, long group, Instant modified, String linkTarget) {
    /// What the server sends.
    public enum Type {
        FILE,
        DIRECTORY,
        /// `pg_tblspc/<oid>`, to a tablespace's directory on the server.
        LINK
    }

    public boolean isFile() {
        return type == Type.FILE;
    }
}
