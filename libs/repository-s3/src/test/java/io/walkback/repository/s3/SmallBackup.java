package io.walkback.repository.s3;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.FileKind;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A backup of one relation file.
final class SmallBackup {
    private SmallBackup() {}

    static void write(
            LineageRepository lineage, BackupId backup, Optional<BackupId> previous, Path work, byte[] content) {
        Clock clock = Clock.systemUTC();
        EntryAttributes attributes = new EntryAttributes(0600, 26, 26, "postgres", "postgres", clock.instant());
        try (BackupWriter writer =
                lineage.newBackup(backup, UUID.randomUUID(), previous, Set.of(), BackupSettings.standard(work))) {
            writer.beginFile(new EntryPath("base/5/16384"), attributes, FileKind.RELATION, content.length);
            writer.write(content, 0, content.length);
            writer.endFile();
            writer.finish(new BackupFacts(
                    BackupOrigin.SERVER,
                    new BackupFacts.Server(150_019, 16 << 20, 8192, true),
                    new BackupFacts.WalSpan(
                            TimelineId.FIRST, new Lsn(1 << 24), TimelineId.FIRST, new Lsn(1 << 25), Optional.empty()),
                    clock.instant(),
                    clock.instant(),
                    new BackupFacts.ControlFiles(
                            Optional.of(new FileContent(new byte[100])),
                            Optional.empty(),
                            new FileContent(new byte[8192])),
                    BackupFacts.PageFindings.NONE,
                    BackupFacts.Environment.UNKNOWN,
                    "test"));
        }
    }
}
