/// Watching the replication slot of a database whose WAL is received here: how much WAL it keeps on the server, and
/// when that reaches the limit (F38, pitfall 18).
///
/// The look is apart from reception, on a connection of its own, and goes on while nothing is received: a slot
/// fills because its receiver, or the store behind it, is away. Where no worker holds the reception at all nobody
/// looks here, and scheduler-service alarms instead, after an hour (F51).
@NullMarked
package io.walkback.backup.slot;

import org.jspecify.annotations.NullMarked;
