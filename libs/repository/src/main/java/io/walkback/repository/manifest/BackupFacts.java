package io.walkback.repository.manifest;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What whoever made a backup knows about it at its end. Kept in the manifest; a restore is planned from it
/// without opening a pack.
///
/// @param software name and version of the program that made the backup
/// @param dump     what was dumped, with origin `DUMP` and only then
public record BackupFacts(
        BackupOrigin origin,
        Server server,
        WalSpan wal,
        Instant startedAt,
        Instant completedAt,
        ControlFiles controlFiles,
        PageFindings pageFindings,
        Environment environment,
        String software,
        Optional<Dump> dump) {
    public BackupFacts {
        if ((origin == BackupOrigin.DUMP) != dump.isPresent()) {
            throw new IllegalArgumentException("what was dumped belongs to origin DUMP, and only there");
        }
        if ((origin == BackupOrigin.RECOVERY) != wal.minRecoveryPoint().isPresent()) {
            throw new IllegalArgumentException("minRecoveryPoint belongs to origin RECOVERY, and only there");
        }
        if (origin == BackupOrigin.SERVER && controlFiles.backupLabel().isEmpty()) {
            throw new IllegalArgumentException("a server's backup has a backup_label");
        }
    }

    /// Facts of a physical backup.
    public BackupFacts(
            BackupOrigin origin,
            Server server,
            WalSpan wal,
            Instant startedAt,
            Instant completedAt,
            ControlFiles controlFiles,
            PageFindings pageFindings,
            Environment environment,
            String software) {
        this(
                origin,
                server,
                wal,
                startedAt,
                completedAt,
                controlFiles,
                pageFindings,
                environment,
                software,
                Optional.empty());
    }

    /// Whether rows were dumped and no pages copied.
    public boolean isLogical() {
        return origin == BackupOrigin.DUMP;
    }

    /// @param version   as `server_version_num`: 150019
    /// @param blockSize bytes of a page; only 8192 is supported
    public record Server(int version, int walSegmentSize, int blockSize, boolean dataChecksums) {
        /// 15 of 150019.
        public int major() {
            return version / 10_000;
        }
    }

    /// The WAL that the backup cannot do without. With origin `DUMP` it needs none, and these say where the
    /// server's log was before the first dump and after the last one. With origin `RECOVERY`, `start` is the REDO
    /// position and WAL is needed through
    /// `minRecoveryPoint`.
    public record WalSpan(
            TimelineId startTimeline, Lsn start, TimelineId stopTimeline, Lsn stop, Optional<Lsn> minRecoveryPoint) {
        public WalSpan {
            if (stop.isBefore(start)) {
                throw new IllegalArgumentException("a backup that stops at " + stop + ", before its start " + start);
            }
        }
    }

    /// Exact copies of the files that decide where recovery begins. They are among the manifest's files too.
    public record ControlFiles(
            Optional<FileContent> backupLabel, Optional<FileContent> tablespaceMap, FileContent pgControl) {
        /// Of a dump, from which no recovery begins; `pg_control` is empty.
        public static final ControlFiles NONE =
                new ControlFiles(Optional.empty(), Optional.empty(), new FileContent(new byte[0]));
    }

    /// What a logical backup holds.
    ///
    /// @param program       what `pg_dump --version` said; `pg_restore` of this major or a later one reads the
    /// archives
    /// @param globals       file with roles, tablespaces and settings, as SQL
    /// @param rolePasswords whether the globals have the roles' passwords; a server shows them to superusers only
    /// @param dbnames       the archives, one for each dbname, in the order in which they were dumped
    public record Dump(String program, EntryPath globals, boolean rolePasswords, List<DumpedDbname> dbnames) {
        public Dump {
            dbnames = List.copyOf(dbnames);
        }
    }

    /// One dbname of a logical backup.
    ///
    /// @param name       as the server has it
    /// @param oid        unsigned, of `pg_database`
    /// @param archive    file in `pg_dump`'s custom format, not compressed
    /// @param snapshotAt when the snapshot was taken that all of the archive shows
    public record DumpedDbname(String name, int oid, EntryPath archive, Instant snapshotAt) {}

    /// Pages that failed their checksum: how many, and at most the first [#LISTED] of them.
    public record PageFindings(long total, List<PageFinding> listed) {
        public static final int LISTED = 10_000;
        public static final PageFindings NONE = new PageFindings(0, List.of());

        public PageFindings {
            listed = List.copyOf(listed);
            if (listed.size() > LISTED || total < listed.size()) {
                throw new IllegalArgumentException(listed.size() + " of " + total + " page findings");
            }
        }
    }

    /// What a server that opens the copy must have too; name to version, the version empty where there is none.
    public record Environment(
            Map<String, String> collations, Map<String, String> extensions, Map<String, String> preloadedLibraries) {
        public static final Environment UNKNOWN = new Environment(Map.of(), Map.of(), Map.of());

        public Environment {
            collations = Collections.unmodifiableMap(new TreeMap<>(collations));
            extensions = Collections.unmodifiableMap(new TreeMap<>(extensions));
            preloadedLibraries = Collections.unmodifiableMap(new TreeMap<>(preloadedLibraries));
        }
    }
}
