/// Watching commits that wait for the receivers of a database whose policy has a tail: the application waits with
/// them, so that is told within seconds.
///
/// The look is apart from reception, on a connection of its own that is open before anything waits, and goes on
/// while nothing is received. It reads and never writes: what commits would wait with the others. Where no worker
/// holds the reception nobody looks here; a successor does within a takeover.
@NullMarked
package io.walkback.backup.commits;

import org.jspecify.annotations.NullMarked;
