package io.walkback.restore.fetch;

import java.nio.file.Path;

/// A directory that is set aside while another one takes its place: renamed, never copied.
///
/// @param from   where it is, and is again after it was put back
/// @param to     beside it, on the same filesystem
/// @param failed where a copy goes that did not become the new one, until it is removed
public record Move(Path from, Path to, Path failed) {
    /// @param tag tells one restore's siblings from another's; letters and digits
    static Move of(Path from, String tag) {
        return new Move(from, sibling(from, ".walkback-old-" + tag), sibling(from, ".walkback-failed-" + tag));
    }

    private static Path sibling(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }
}
