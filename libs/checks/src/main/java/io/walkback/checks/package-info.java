/// `databases check`: everything that backups of one database need, under names that stay, each with what was seen
/// and the lines that mend it.
///
/// [DatabaseCheck] looks; [ServerRules] judges what was seen and is pure. A check that cannot be made says
/// `skipped` and why, and is never `ok` (P9). Nothing is changed on the server: the walsender connection that is
/// tried takes one of its places for a moment and runs no command. Nothing that is seen holds a password (P11).
@NullMarked
package io.walkback.checks;

import org.jspecify.annotations.NullMarked;
