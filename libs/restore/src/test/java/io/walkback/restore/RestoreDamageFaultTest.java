package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.pack.PackEntry;
import io.walkback.testkit.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Damage in the repository and no room on the disk, for restores of files.
class RestoreDamageFaultTest {
    private static final RestoreProgress SILENT = (_, _, _, _) -> {};

    @TempDir
    Path folder;

    private SmallRepository small;
    private SampleCluster cluster;
    private Path data;

    @BeforeEach
    void open() throws Exception {
        folder = folder.toRealPath();
        small = SmallRepository.in(folder);
        cluster = new SampleCluster(small, folder, null);
        cluster.backup("b1");
        cluster.touch(3);
        cluster.backup("b2");
        data = folder.resolve("data");
    }

    @AfterEach
    void close() {
        small.close();
    }

    private void restore(String backup, Path directory, RestoreProgress progress) throws InterruptedException {
        new RestoreEngine(small.repository, Optional.empty())
                .restore(
                        "op",
                        SmallRepository.SHOP,
                        new Command.Restore(
                                new BackupId(backup),
                                new RecoveryTarget.Immediate(),
                                null,
                                "here",
                                directory.toString(),
                                Map.of(),
                                false),
                        progress);
    }

    private PlatformException refusal(Path directory, RestoreProgress progress) {
        PlatformException refusal =
                catchThrowableOfType(PlatformException.class, () -> restore("b2", directory, progress));
        assertThat(refusal).as("a refusal").isNotNull();
        return refusal;
    }

    enum Part {
        PACK,
        MANIFEST,
        WAL
    }

    private BlobKey key(Part part) {
        return switch (part) {
            case PACK -> {
                try (var newer = small.lineage().openBackup(new BackupId("b2"));
                        var older = small.lineage().openBackup(new BackupId("b1"))) {
                    yield newer.packs().stream()
                            .map(PackEntry::id)
                            .filter(id -> older.packs().stream()
                                    .noneMatch(pack -> pack.id().equals(id)))
                            .map(id -> small.lineage().lineage().pack(id))
                            .findFirst()
                            .orElseThrow();
                }
            }
            case MANIFEST -> small.lineage().lineage().manifest(new BackupId("b2"));
            case WAL -> small.lineage().lineage().segment(new WalSegment(TimelineId.FIRST, 1, SmallRepository.SEGMENT));
        };
    }

    private Path object(BlobKey key) {
        return folder.resolve("repository").resolve(key.value());
    }

    @ParameterizedTest // P3
    @EnumSource(Part.class)
    void f26RefusesFlippedBitsNamesTheObjectAndOffersAnotherBackup(Part part) throws Exception {
        // Given
        BlobKey key = key(part);
        Path object = object(key);
        object.toFile().setWritable(true);
        byte[] bytes = Files.readAllBytes(object);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(object, bytes);
        // When
        PlatformException refusal = refusal(data, SILENT);
        // Then nobody can start what is there, if anything is
        assertThat(refusal.code()).isEqualTo(FailureCode.OBJECT_CORRUPT);
        assertThat(refusal).hasMessageContaining(key.value());
        assertThat(Files.exists(data)).isEqualTo(Files.exists(data.resolve("walkback.incomplete")));
        if (part != Part.WAL) {
            assertThat(data.resolve("global/pg_control")).doesNotExist();
            assertThat(refusal.hint()).containsIgnoringCase("another backup");
        }
        if (part == Part.MANIFEST) {
            // and the other backup restores although the newer one cannot even be read
            restore("b1", data, SILENT);
        }
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void f27RefusesWhatIsMissingBeforeItTouchesTheTarget(Part part) throws Exception {
        // Given
        BlobKey key = key(part);
        Files.delete(object(key));
        // When
        PlatformException refusal = refusal(data, SILENT);
        // Then
        assertThat(refusal.code())
                .isIn(FailureCode.OBJECT_MISSING, FailureCode.BACKUP_UNKNOWN, FailureCode.TARGET_UNREACHABLE);
        assertThat(data).doesNotExist();
        if (part != Part.WAL) {
            // and the older backup restores
            restore("b1", data, SILENT);
        }
    }

    @Test
    void f32RefusesADiskThatIsTooSmallAndFailsClearlyOnOneThatFillsUpMeanwhile() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), 128)) {
            disk.assumeItIsSmall();
            Path target = disk.folder().resolve("data");
            // When there is no room at all
            try (SmallDisk.Ballast _ = disk.fill()) {
                PlatformException early = refusal(target, SILENT);
                // Then nothing is touched
                assertThat(early.code()).isEqualTo(FailureCode.TARGET_SPACE);
                assertThat(early).hasMessageContaining("the restore needs");
                assertThat(target).doesNotExist();
            }
            // When somebody else takes it while files are written
            List<SmallDisk.Ballast> ballast = new ArrayList<>();
            PlatformException late = refusal(target, (phase, _, _, _) -> {
                synchronized (ballast) {
                    if (phase.equals("fetching") && ballast.isEmpty()) {
                        try {
                            ballast.add(disk.fill());
                        } catch (IOException failure) {
                            throw new IllegalStateException(failure);
                        }
                    }
                }
            });
            // Then
            assertThat(late.code()).isEqualTo(FailureCode.TARGET_SPACE);
            assertThat(target.resolve("walkback.incomplete")).exists();
            // and the same operation goes through once there is room again
            ballast.getFirst().close();
            restore("b2", target, SILENT);
            cluster.assertRestored(target);
        }
    }
}
