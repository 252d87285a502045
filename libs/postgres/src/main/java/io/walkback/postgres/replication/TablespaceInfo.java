package io.walkback.postgres.replication;

/// A tablespace other than `pg_default` and `pg_global`, which are part of the base archive.
///
/// @param oid       its number; its archive is `<oid>.tar` and its link `pg_tblspc/<oid>`
/// @param location  the directory on the server
/// @param kilobytes the server's estimate, -1 where it made none
public record TablespaceInfo(long oid, String location, long kilobytes) {}
