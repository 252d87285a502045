/// From copied to completed: a backup counts only when all that a restore of it needs is in the repository (P1).
/// One whose WAL has a hole that nobody will fill fails instead of waiting for ever.
@NullMarked
package io.walkback.backup.completion;

import org.jspecify.annotations.NullMarked;
