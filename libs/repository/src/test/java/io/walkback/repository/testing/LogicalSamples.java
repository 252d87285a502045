package io.walkback.repository.testing;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.backup.BackupCommit;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.EntryPath;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Small logical backups.
public final class LogicalSamples {
    private LogicalSamples() {}

    /// @param files the first are the globals, the others `dbnames/<oid>.dump`
    public static BackupFacts facts(Collection<String> files) {
        return new BackupFacts(
                BackupOrigin.DUMP,
                new BackupFacts.Server(150_019, 1 << 20, 8192, true),
                new BackupFacts.WalSpan(
                        TimelineId.FIRST,
                        Lsn.parse("0/2000028"),
                        TimelineId.FIRST,
                        Lsn.parse("0/2000138"),
                        Optional.empty()),
                Samples.NOW.minusSeconds(30),
                Samples.NOW,
                BackupFacts.ControlFiles.NONE,
                BackupFacts.PageFindings.NONE,
                BackupFacts.Environment.UNKNOWN,
                "walkback test",
                Optional.of(new BackupFacts.Dump(
                        "pg_dump (PostgreSQL) 15.19",
                        new EntryPath(files.iterator().next()),
                        true,
                        files.stream()
                                .skip(1)
                                .map(path -> new BackupFacts.DumpedDbname(
                                        "it's \"" + path + "\" ü",
                                        Integer.parseInt(path.replaceAll("\\D", "")),
                                        new EntryPath(path),
                                        Samples.NOW.minusSeconds(20)))
                                .toList())));
    }

    public static BackupCommit backup(
            LineageRepository lineage, String id, Optional<String> previous, Map<String, byte[]> files, Path work) {
        try (BackupWriter writer = lineage.newBackup(
                new BackupId(id), UUID.randomUUID(), previous.map(BackupId::new), Set.of(), Samples.settings(work))) {
            files.forEach((path, content) -> {
                writer.beginStream(new EntryPath(path), Samples.ATTRIBUTES);
                writer.write(content, 0, content.length);
                writer.endFile();
            });
            return writer.finish(facts(files.keySet()));
        }
    }
}
