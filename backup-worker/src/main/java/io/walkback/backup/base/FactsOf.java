package io.walkback.backup.base;

import io.walkback.backup.committed.Software;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.postgres.control.BackupLabel;
import io.walkback.postgres.control.ControlFile;
import io.walkback.postgres.replication.BaseBackupEnd;
import io.walkback.postgres.replication.SystemIdentity;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.FileContent;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the manifest says about a backup, after making sure that label and control file belong to it.
record FactsOf(ServerFacts server, SystemIdentity identity, BaseBackupEnd end, Instant startedAt, Instant endedAt) {
    BackupFacts facts(ControlCopies copies, @Nullable PageAudit audit) {
        FileContent label = copies.require(ControlCopies.LABEL);
        FileContent control = copies.require(ControlCopies.PG_CONTROL);
        requireOurLabel(label);
        requireWhole(control);
        return new BackupFacts(
                BackupOrigin.SERVER,
                new BackupFacts.Server(
                        server.versionNumber(), server.walSegmentSize(), server.blockSize(), server.dataChecksums()),
                new BackupFacts.WalSpan(end.timeline(), end.start(), end.timeline(), end.stop(), Optional.empty()),
                startedAt,
                endedAt,
                new BackupFacts.ControlFiles(Optional.of(label), copies.find(ControlCopies.TABLESPACE_MAP), control),
                audit == null ? BackupFacts.PageFindings.NONE : audit.findings(end.stop()),
                environment(),
                Software.name());
    }

    private void requireOurLabel(FileContent label) {
        BackupLabel parsed = BackupLabel.parse(label.bytes());
        if (!parsed.start().equals(end.start()) || !parsed.timeline().equals(end.timeline())) {
            throw new CorruptDataException(
                    FailureCode.POSTGRES_PROTOCOL,
                    "backup_label begins at " + parsed.start() + " on timeline " + parsed.timeline()
                            + ", the server said " + end.start() + " on timeline " + end.timeline(),
                    "The files are of another backup than the one that was asked for; this one was not kept.");
        }
    }

    /// The server copies `pg_control` while it may be writing it (pitfall 23); the next attempt reads it again.
    private void requireWhole(FileContent control) {
        ControlFile parsed;
        try {
            parsed = ControlFile.parse(control.bytes());
        } catch (CorruptDataException torn) {
            throw new RetryableException(
                    FailureCode.POSTGRES_PROTOCOL,
                    "pg_control was torn while it was copied: " + torn.text(),
                    "The next attempt copies it again; if it stays so, look at the server's disk.",
                    torn);
        }
        if (!parsed.systemIdentifier().equals(identity.identifier())) {
            throw new CorruptDataException(
                    FailureCode.SYSTEM_IDENTIFIER_MISMATCH,
                    "pg_control is of system " + parsed.systemIdentifier() + ", the server said "
                            + identity.identifier(),
                    "The data directory holds another cluster's control file; this backup was not kept.");
        }
    }

    private BackupFacts.Environment environment() {
        Map<String, String> collations = new TreeMap<>();
        for (ServerFacts.Dbname dbname : server.dbnames()) {
            collations.put(dbname.name() + "/" + dbname.provider() + "/" + dbname.collate(), dbname.collationVersion());
        }
        Map<String, String> libraries = new TreeMap<>();
        server.preloadedLibraries().forEach(library -> libraries.put(library, ""));
        return new BackupFacts.Environment(collations, server.extensions(), libraries);
    }
}
