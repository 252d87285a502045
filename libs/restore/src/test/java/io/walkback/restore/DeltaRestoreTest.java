package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.operation.Facts;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.ManifestEntry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Restores over directories that hold something, of generated files in a repository on a filesystem.
class DeltaRestoreTest {
    private static final long EXTENT = 1 << 20;

    @TempDir
    Path folder;

    private SmallRepository small;
    private SampleCluster cluster;
    private Path data;

    @BeforeEach
    void restoreOnce() throws Exception {
        small = SmallRepository.in(folder);
        cluster = new SampleCluster(small, folder, null);
        cluster.backup("b1");
        data = folder.resolve("data");
        restore("b1");
    }

    @AfterEach
    void close() {
        small.close();
    }

    private Facts.Restored restore(String backup) throws InterruptedException {
        return restore(backup, (_, _, _, _) -> {});
    }

    private Facts.Restored restore(String backup, RestoreProgress progress) throws InterruptedException {
        return new RestoreEngine(small.repository, Optional.empty())
                .restore(
                        "op-" + UUID.randomUUID(),
                        SmallRepository.SHOP,
                        SampleCluster.over(data, backup, Map.of()),
                        progress);
    }

    private Path table() {
        return data.resolve(SampleCluster.TABLE);
    }

    private void write(long position, byte[] bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(table().toFile(), "rw")) {
            file.seek(position);
            file.write(bytes);
        }
    }

    /// No server can start there, and nobody but a delta restore of this cluster takes it.
    private void assertHalfDone() {
        assertThat(data.resolve("walkback.incomplete")).content().contains("delta=" + SampleCluster.SYSTEM);
        assertThat(data.resolve("global/pg_control")).doesNotExist();
    }

    @Test
    void keepsEveryByteAndTouchesNothingWhereNothingChanged() throws Exception {
        // Given
        Object changed = Files.getAttribute(table(), "unix:ctime");
        Object inode = Files.getAttribute(table(), "unix:ino");
        // When
        Facts.Restored facts = restore("b1");
        // Then
        assertThat(facts.keptBytes()).isEqualTo(cluster.bytes());
        assertThat(facts.bytes()).isEqualTo(cluster.bytes());
        assertThat(Files.getAttribute(table(), "unix:ctime")).isEqualTo(changed);
        assertThat(Files.getAttribute(table(), "unix:ino")).isEqualTo(inode);
        cluster.assertRestored(data);
    }

    @Test
    void pitfall31FindsAChangedPageWhoseFileHasTheRightLengthAndTime() throws Exception {
        // Given
        FileTime time = Files.getLastModifiedTime(table());
        write(EXTENT + 3 * SampleCluster.PAGE + 17, new byte[] {1, 2, 3});
        Files.setLastModifiedTime(table(), time);
        // When
        Facts.Restored facts = restore("b1");
        // Then one extent was fetched
        assertThat(facts.keptBytes()).isEqualTo(cluster.bytes() - EXTENT);
        cluster.assertRestored(data);
    }

    enum Damage {
        LONGER {
            @Override
            void to(Path table, Path outside) throws IOException {
                Files.write(table, new byte[3 << 20], StandardOpenOption.APPEND);
            }
        },
        SHORTER {
            @Override
            void to(Path table, Path outside) throws IOException {
                Files.write(table, new byte[] {1, 2, 3});
            }
        },
        MISSING {
            @Override
            void to(Path table, Path outside) throws IOException {
                Files.delete(table);
            }
        },
        UNREADABLE {
            @Override
            void to(Path table, Path outside) throws IOException {
                Files.setPosixFilePermissions(table, PosixFilePermissions.fromString("---------"));
            }
        },
        A_DIRECTORY {
            @Override
            void to(Path table, Path outside) throws IOException {
                Files.delete(table);
                Files.createDirectories(table.resolve("more"));
                Files.createSymbolicLink(table.resolve("more/link"), outside);
            }
        },
        A_LINK {
            @Override
            void to(Path table, Path outside) throws IOException {
                Files.delete(table);
                Files.createSymbolicLink(table, outside);
            }
        },
        /// Made by `cp -al` or `pg_upgrade --link`.
        ONE_OF_TWO_NAMES {
            @Override
            void to(Path table, Path outside) throws IOException {
                Files.delete(table);
                Files.createLink(table, outside);
            }
        },
        ITS_FOLDER_A_LINK {
            @Override
            void to(Path table, Path outside) throws IOException {
                Path elsewhere = outside.resolveSibling("elsewhere");
                Files.move(table.getParent(), elsewhere);
                Files.write(elsewhere.resolve("1"), new byte[] {1});
                Files.createSymbolicLink(table.getParent(), elsewhere);
            }
        },
        AMONG_OTHERS {
            @Override
            void to(Path table, Path outside) throws IOException {
                Files.write(table.resolveSibling("16385"), new byte[8192]);
                Files.createDirectories(table.resolveSibling("pgsql_tmp/deep"));
                Files.createSymbolicLink(table.resolveSibling("link"), outside.getParent());
                Files.writeString(table.resolve("../../../postmaster.pid").normalize(), "999999999\n");
                Files.createFile(table.resolve("../../../recovery.signal").normalize());
                Files.createFile(table.resolve("../../../pg_wal/000000020000000000000004")
                        .normalize());
            }
        };

        abstract void to(Path table, Path outside) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void bringsBackAFileThatIs(Damage damage) throws Exception {
        // Given, beside the directory, something that belongs to somebody else
        Path outside = Files.writeString(folder.resolve("precious"), "precious");
        damage.to(table(), outside);
        // When
        restore("b1");
        // Then
        cluster.assertRestored(data);
        assertThat(outside).hasContent("precious");
        if (damage == Damage.ITS_FOLDER_A_LINK) {
            assertThat(folder.resolve("elsewhere/1")).hasBinaryContent(new byte[] {1});
        }
    }

    @Test
    void makesALinkedPgWalADirectoryAndLeavesWhereItLed() throws Exception {
        // Given
        Path wal = folder.resolve("wal");
        Files.move(data.resolve("pg_wal"), wal);
        Files.createSymbolicLink(data.resolve("pg_wal"), wal);
        Files.writeString(wal.resolve("000000010000000000000009"), "not archived yet");
        // When
        restore("b1");
        // Then
        assertThat(Files.isDirectory(data.resolve("pg_wal"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(wal.resolve("000000010000000000000009")).hasContent("not archived yet");
        cluster.assertRestored(data);
    }

    @Test
    void pitfall47LeavesTheLostAndFoundOfAMountPointAlone() throws Exception {
        // Given
        Path found = Files.createDirectory(data.resolve("lost+found"));
        Files.writeString(found.resolve("#4711"), "inode");
        Files.createDirectories(data.resolve("base/lost+found/half"));
        // When
        restore("b1");
        // Then
        assertThat(found.resolve("#4711")).hasContent("inode");
        assertThat(data.resolve("base/lost+found")).doesNotExist();
    }

    @Test
    void pitfall33GoesFromAnyBackupOfAChainOfPageDeltasToAnyOther() throws Exception {
        // Given
        for (int i = 2; i <= 4; i++) {
            cluster.touch(130 + i);
            cluster.backup("b" + i);
        }
        assertThat(deltas("b4")).isPositive();
        // When
        Facts.Restored forward = restore("b4");
        // Then
        assertThat(forward.keptBytes()).isEqualTo(cluster.bytes() - EXTENT);
        cluster.assertRestored(data);
        // and back: the next one keeps everything again only if this one was right
        restore("b1");
        assertThat(restore("b1").keptBytes()).isEqualTo(cluster.bytes());
        restore("b3");
        restore("b4");
        cluster.assertRestored(data);
    }

    private long deltas(String backup) {
        long deltas = 0;
        try (BackupReader reader = small.lineage().openBackup(new BackupId(backup));
                EntryStream entries = reader.entries()) {
            while (entries.hasNext()) {
                if (entries.next() instanceof ManifestEntry.File file) {
                    deltas += file.extents().stream()
                            .mapToLong(extent -> extent.deltas().size())
                            .sum();
                }
            }
        }
        return deltas;
    }

    @Test
    void intoAnEmptyDirectoryIsAnOrdinaryRestore() throws Exception {
        // Given
        Files.move(data, folder.resolve("aside"));
        // When
        Facts.Restored facts = restore("b1");
        // Then
        assertThat(facts.keptBytes()).isNull();
        cluster.assertRestored(data);
    }

    /// Every report of progress is a place to die at: from before the first file to between the two syncs.
    @Test
    void pitfall50ComparesEverythingAgainAfterDyingAtAnyStep() throws Exception {
        boolean completed = false;
        for (int step = 2; !completed; step++) {
            // Given
            write(2 * EXTENT, SampleCluster.noise(SampleCluster.PAGE, step));
            Files.deleteIfExists(data.resolve("base/5/4"));
            AtomicInteger left = new AtomicInteger(step);
            // When
            try {
                restore("b1", (_, _, _, _) -> {
                    if (left.decrementAndGet() == 0) {
                        throw new Died();
                    }
                });
                completed = true;
            } catch (Died _) {
                // Then nobody takes it for a cluster, and what lies about is not believed the next time
                assertThat(data.resolve("walkback.incomplete")).exists();
                write(EXTENT, SampleCluster.noise(SampleCluster.PAGE, 1000 + step));
                restore("b1");
            }
            cluster.assertRestored(data);
            assertThat(step).isLessThan(50);
        }
    }

    private static final class Died extends RuntimeException {}

    @Test
    void whileTheRepositoryIsDamagedNothingStartsThereAndTheNextAttemptGoesOn() throws Exception {
        // Given
        write(0, SampleCluster.noise(4 * SampleCluster.PAGE, 9));
        Path pack = pack();
        byte[] sound = Files.readAllBytes(pack);
        byte[] flipped = sound.clone();
        flipped[sound.length / 2] ^= 1;
        for (int page = 0; page < 3; page++) {
            write(page * EXTENT, new byte[] {0, 1, 2, 3});
        }
        rewrite(pack, flipped);
        // When
        PlatformException failure = catchThrowableOfType(PlatformException.class, () -> restore("b1"));
        // Then
        assertThat(failure.code()).isEqualTo(FailureCode.OBJECT_CORRUPT);
        assertThat(failure).hasMessageContaining(pack.getFileName().toString());
        assertHalfDone();
        // and
        rewrite(pack, sound);
        restore("b1");
        cluster.assertRestored(data);
    }

    private Path pack() throws IOException {
        try (Stream<Path> objects = Files.walk(folder.resolve("repository"))) {
            return objects.filter(Files::isRegularFile)
                    .filter(object -> object.toString().contains("/packs/"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void rewrite(Path object, byte[] bytes) throws IOException {
        Files.delete(object);
        Files.write(object, bytes);
    }

    @Test
    void f55LeavesARunningServersDirectoryAlone() throws Exception {
        // Given
        Process server =
                new ProcessBuilder("sleep", "600").directory(data.toFile()).start();
        try {
            Files.writeString(data.resolve("postmaster.pid"), server.pid() + "\n");
            // When
            PlatformException refusal = catchThrowableOfType(PlatformException.class, () -> restore("b1"));
            // Then
            assertThat(refusal.code()).isEqualTo(FailureCode.TARGET_NOT_EMPTY);
            assertThat(refusal).hasMessageContaining("running PostgreSQL server, process " + server.pid());
            assertThat(data.resolve("walkback.incomplete")).doesNotExist();
            assertThat(data.resolve("global/pg_control")).exists();
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void refusesWithoutChangingAnythingWhatIsNotThisCluster() throws Exception {
        // Given
        List<Path> kept = List.of(data.resolve("postgresql.conf"), table());
        // When another cluster is there
        Files.write(data.resolve("global/pg_control"), SampleCluster.control(new SystemIdentifier(4711)));
        PlatformException other = catchThrowableOfType(PlatformException.class, () -> restore("b1"));
        // Then
        assertThat(other.code()).isEqualTo(FailureCode.SYSTEM_IDENTIFIER_MISMATCH);
        assertThat(other).hasMessageContaining("cluster 4711").hasMessageContaining("cluster 7");
        // When nobody can say which one it is
        Files.write(data.resolve("global/pg_control"), new byte[8192]);
        refused("cannot be told from other clusters");
        Files.delete(data.resolve("global/pg_control"));
        refused("is no data directory");
        // When somebody else's restore is at work there
        Files.writeString(data.resolve("walkback.incomplete"), "operation=other\n");
        refused("unfinished restore of operation other, which is no delta restore");
        Files.writeString(data.resolve("walkback.incomplete"), "operation=other\ndelta=4711\n");
        PlatformException foreign = catchThrowableOfType(PlatformException.class, () -> restore("b1"));
        assertThat(foreign.code()).isEqualTo(FailureCode.SYSTEM_IDENTIFIER_MISMATCH);
        assertThat(kept).allSatisfy(file -> assertThat(file).exists());
    }

    private void refused(String why) {
        PlatformException refusal = catchThrowableOfType(PlatformException.class, () -> restore("b1"));
        assertThat(refusal.code()).isEqualTo(FailureCode.TARGET_NOT_EMPTY);
        assertThat(refusal).hasMessageContaining(why);
    }
}
