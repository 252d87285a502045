package io.walkback.postgres.page;

import io.walkback.domain.Lsn;
import java.util.List;

/// What was seen in one file.
///
/// @param pages      whole pages read
/// @param verified   of these, compared with their checksum
/// @param newer      of these, not judged because their LSN is at or after the backup's start
/// @param empty      of these, all zero: allocated and never written
/// @param mismatches how many did not match
/// @param first      the first of them, at most [PageChecksumVerifier#MOST_REPORTED]
/// @param newest     the highest LSN among the pages that were not judged, `0/0` if none. One beyond the end of the
///                   backup is no LSN but damage: the caller compares once it knows the end
/// @param newestBlock where `newest` was seen, -1 if nowhere
/// @param rest       bytes after the last whole page; a file that grows while it is copied may have some
public record PageReport(
        long pages,
        long verified,
        long newer,
        long empty,
        long mismatches,
        List<PageMismatch> first,
        Lsn newest,
        long newestBlock,
        int rest) {
    public PageReport {
        first = List.copyOf(first);
    }

    public boolean clean() {
        return mismatches == 0;
    }
}
