/// PostgreSQL's own client programs (`pg_dump`, `pg_restore`): which ones there are, and how they are run.
///
/// They are started with a list of arguments and never through a shell. The password is in the environment of the
/// child and nowhere else (P11). A program counts as done only when it ended with 0; whoever wants more than that
/// hears what it said.
@NullMarked
package io.walkback.postgres.client;

import org.jspecify.annotations.NullMarked;
