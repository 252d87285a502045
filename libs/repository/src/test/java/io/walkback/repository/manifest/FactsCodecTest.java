package io.walkback.repository.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.testing.Samples;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FactsCodecTest {
    private static final BlobKey KEY = new BlobKey("shop/7/backups/b/manifest");

    @Test
    void aCopyStoppedWhileRecoveringNeedsNoLabelAndKeepsItsMinRecoveryPoint() {
        // Given
        BackupFacts facts = recovery(BackupOrigin.RECOVERY, Optional.of(Lsn.parse("0/5000000")));
        PreviousBackup previous = new PreviousBackup(new BackupId("a"), ManifestDigest.of(new byte[32]));
        FactsCodec.Facts section = new FactsCodec.Facts(
                facts,
                new BackupStatistics(1, 2, 3, 4, 5),
                Optional.of(previous),
                Optional.of(new PromisedLock(BlobLocks.Mode.COMPLIANCE, Samples.NOW)));
        // When
        FactsCodec.Facts read = FactsCodec.decode(KEY, FactsCodec.encode(section));
        // Then
        assertThat(read).isEqualTo(section);
        assertThat(read.facts().server().major()).isEqualTo(15);
        assertThat(previous.digest()).hasToString("sha256:" + "0".repeat(64));
    }

    @Test
    void factsThatContradictThemselvesAreRefused() {
        assertThatThrownBy(() -> recovery(BackupOrigin.SERVER, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> recovery(BackupOrigin.RECOVERY, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BackupFacts.WalSpan(
                        TimelineId.FIRST, new Lsn(2), TimelineId.FIRST, new Lsn(1), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BackupFacts.PageFindings(0, List.of(new PageFinding(new EntryPath("a"), 1, 2, 3))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void impossibleFactsInAManifestAreDamageThatNamesIt() {
        // Given: stop before start.
        byte[] bytes = FactsCodec.encode(
                new FactsCodec.Facts(Samples.facts(), BackupStatistics.NOTHING, Optional.empty(), Optional.empty()));
        int stop = 0;
        while (bytes[stop] != 9 || bytes[stop + 1] != 8 || bytes[stop + 9] != 0x38) {
            stop++;
        }
        bytes[stop + 6] = 0;
        // When, then
        assertThatThrownBy(() -> FactsCodec.decode(KEY, bytes))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(KEY.value());
    }

    @Test
    void aPathNeverLeadsOutOfTheDataDirectory() {
        for (String path : List.of("", "/etc", "a/../b", "..", "a//b", "a/", "./a", "a\0b", "x".repeat(5000))) {
            assertThatThrownBy(() -> new EntryPath(path)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new EntryPath("base/1/ä b..c")).hasToString("base/1/ä b..c");
    }

    private static BackupFacts recovery(BackupOrigin origin, Optional<Lsn> minRecoveryPoint) {
        BackupFacts sample = Samples.facts();
        return new BackupFacts(
                origin,
                sample.server(),
                new BackupFacts.WalSpan(
                        TimelineId.FIRST,
                        Lsn.parse("0/2000028"),
                        new TimelineId(2),
                        Lsn.parse("0/5000000"),
                        minRecoveryPoint),
                sample.startedAt(),
                sample.completedAt(),
                new BackupFacts.ControlFiles(
                        Optional.empty(),
                        Optional.of(new FileContent(new byte[] {1})),
                        sample.controlFiles().pgControl()),
                sample.pageFindings(),
                sample.environment(),
                sample.software());
    }
}
