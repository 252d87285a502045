package io.walkback.repository.manifest;

import java.time.Instant;

/// What the source's filesystem said about a file, a directory or a link.
///
/// @param mode  the 12 permission bits
/// @param owner name on the source, may be empty
/// @param group name on the source, may be empty
public record EntryAttributes(int mode, long uid, long gid, String owner, String group, Instant modifiedAt) {
    public EntryAttributes {
        if (mode < 0 || mode > 07777) {
            throw new IllegalArgumentException("permission bits " + Integer.toOctalString(mode));
        }
        if (uid < 0 || gid < 0) {
            throw new IllegalArgumentException("uid " + uid + ", gid " + gid);
        }
    }
}
