/// The walsender protocol, spoken on a socket that pgjdbc opened.
///
/// One [io.walkback.postgres.replication.ReplicationConnection] carries one command at a time. `BASE_BACKUP` pushes
/// slices of the server's tar streams to a [io.walkback.postgres.replication.BaseBackupSink], `START_REPLICATION`
/// pushes WAL to a [io.walkback.postgres.replication.WalSink]; both on the caller's thread, out of one reused
/// buffer, so a sink that is slow holds the server back and no byte queues up in between.
///
/// What the server is told about WAL is only what the caller said is durable (P6). A fault in the midst of a
/// command cuts the connection: nothing half-received can be taken for whole. Protocol:
/// <https://www.postgresql.org/docs/current/protocol-replication.html>.
@NullMarked
package io.walkback.postgres.replication;

import org.jspecify.annotations.NullMarked;
