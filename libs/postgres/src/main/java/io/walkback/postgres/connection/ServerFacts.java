package io.walkback.postgres.connection;

import io.walkback.domain.SystemIdentifier;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What a server says about itself: what `databases check` judges, and what a manifest records.
///
/// @param versionNumber       `150019`
/// @param systemIdentifier    of the cluster
/// @param inRecovery          a standby
/// @param walLevel            `minimal`, `replica` or `logical`
/// @param maxWalSenders       how many walsenders there may be
/// @param walSenders          how many there are; 0 also where the role may not see others' (no `pg_monitor`)
/// @param maxReplicationSlots how many slots there may be
/// @param replicationSlots    how many there are
/// @param archiveMode         `off`, `on` or `always`
/// @param dataChecksums       pages carry checksums
/// @param walSegmentSize      bytes
/// @param blockSize           bytes
/// @param role                the role that asks
/// @param clock               the server's
/// @param slotWalLimitMegabytes `max_slot_wal_keep_size`, -1 for none
/// @param preloadedLibraries  `shared_preload_libraries`
/// @param dbnames             what `CREATE DATABASE` made and may be connected to, with their collations
/// @param extensions          of the dbname that was connected to, name to version
public record ServerFacts(
        int versionNumber,
        SystemIdentifier systemIdentifier,
        boolean inRecovery,
        String walLevel,
        int maxWalSenders,
        int walSenders,
        int maxReplicationSlots,
        int replicationSlots,
        String archiveMode,
        boolean dataChecksums,
        int walSegmentSize,
        int blockSize,
        Role role,
        Instant clock,
        int slotWalLimitMegabytes,
        List<String> preloadedLibraries,
        List<Dbname> dbnames,
        Map<String, String> extensions) {
    /// @param replication may open walsender connections
    /// @param superuser   may do anything
    /// @param monitor     member of `pg_monitor`, or superuser: sees what all sessions do
    public record Role(String name, boolean replication, boolean superuser, boolean monitor) {
        /// Whether a backup and a WAL stream can be opened.
        public boolean mayReplicate() {
            return replication || superuser;
        }
    }

    /// @param provider         `c` (libc), `i` (ICU) or `b` (builtin)
    /// @param collate          the default collation
    /// @param collationVersion that the indexes were built with, empty where the provider has none
    /// @param actualVersion    of the library that the server runs with now, empty likewise
    /// @param bytes            size on disk, -1 where the role may not see it
    public record Dbname(
            String name, String provider, String collate, String collationVersion, String actualVersion, long bytes) {}

    public ServerFacts {
        preloadedLibraries = List.copyOf(preloadedLibraries);
        dbnames = List.copyOf(dbnames);
        extensions = Map.copyOf(extensions);
    }

    /// 15 to 18.
    public int major() {
        return versionNumber / 10_000;
    }
}
