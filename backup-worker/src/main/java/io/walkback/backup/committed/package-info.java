/// What the repository has already: the backup that an attempt before this one committed (P8, F03), and the one
/// that the next backup builds on. Shared by physical and logical backups.
@NullMarked
package io.walkback.backup.committed;

import org.jspecify.annotations.NullMarked;
