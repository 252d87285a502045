/// Blobs as files below one directory.
///
/// Directories are 0700 and files 0600 whatever the umask. A blob is written to a temporary file in `.tmp` of the
/// same filesystem, synced, and published by a hard link, which fails when the name is taken: nothing is ever
/// renamed over (P4). Then its directory and all above it are synced, so that an acknowledged blob survives power
/// loss (P2). Whatever lies in `.tmp` is invisible, and is swept once it is older than any backup takes.
///
/// A file `.walkback-store` marks the root. Where it is missing, the filesystem is not mounted or the path is
/// wrong, and no question is answered with "not there".
@NullMarked
package io.walkback.repository.fs;

import org.jspecify.annotations.NullMarked;
