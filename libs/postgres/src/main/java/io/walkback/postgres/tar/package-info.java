/// The tar streams of a base backup, read strictly while they arrive.
///
/// The server writes plain ustar: files, directories, and links of tablespaces, nothing else. Whatever else comes
/// is refused with the entry's name before anything acts on it: paths that leave the directory, links to follow,
/// devices, extensions, an entry twice, a wrong checksum, an archive cut short (fault F54).
@NullMarked
package io.walkback.postgres.tar;

import org.jspecify.annotations.NullMarked;
