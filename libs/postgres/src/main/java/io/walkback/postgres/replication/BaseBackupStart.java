package io.walkback.postgres.replication;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import java.util.List;

/// The moment before the first byte of a base backup.
///
/// @param start         REDO position: WAL is needed from here on
/// @param timeline      the timeline of `start`
/// @param tablespaces   all but the data directory itself
/// @param baseKilobytes the server's estimate for the data directory, -1 where it made none
public record BaseBackupStart(Lsn start, TimelineId timeline, List<TablespaceInfo> tablespaces, long baseKilobytes) {
    public BaseBackupStart {
        tablespaces = List.copyOf(tablespaces);
    }
}
