/// From copied to completed: a backup counts only when all that a restore of it needs is in the repository (P1).
@NullMarked
package io.walkback.backup.completion;

import org.jspecify.annotations.NullMarked;
