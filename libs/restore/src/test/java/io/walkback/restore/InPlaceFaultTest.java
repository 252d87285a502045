package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.plan.PlannedRestore;
import io.walkback.restore.preview.Rates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Restores in the place of a cluster with a tablespace and with `pg_wal` on another path, cut off at every step.
/// Nothing is started: the files are what counts.
class InPlaceFaultTest {
    private static final RestoreProgress SILENT = (_, _, _, _) -> {};

    @TempDir
    Path folder;

    private SmallRepository small;
    private SampleCluster cluster;
    private Path data;
    private Path tablespace;
    private Map<String, String> before;

    @BeforeEach
    void open() throws Exception {
        folder = folder.toRealPath();
        small = SmallRepository.in(folder);
        data = folder.resolve("pg");
        tablespace = folder.resolve("ts");
        cluster = new SampleCluster(small, folder, tablespace);
        cluster.backup("b1");
        hook("stop", "touch \"$WALKBACK_DIRECTORY-stopped\"");
        hook("fine", "exit 0");
        hook("bad", "echo the totals differ; exit 3");
        occupy(SampleCluster.SYSTEM);
        before = tree();
    }

    @AfterEach
    void close() {
        small.close();
    }

    private void hook(String name, String script) throws IOException {
        Path file = Files.createDirectories(folder.resolve("hooks")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(file.resolveSibling("."), PosixFilePermissions.fromString("rwx------"));
    }

    /// A cluster as somebody left it: other files than the backup's, its WAL elsewhere.
    private void occupy(SystemIdentifier system) throws IOException {
        Files.createDirectories(data.resolve("global"));
        Files.write(data.resolve("global/pg_control"), SampleCluster.control(system));
        Files.writeString(data.resolve("PG_VERSION"), "15\n");
        Files.writeString(data.resolve("mine"), "of the owner");
        Path wal = Files.createDirectories(folder.resolve("wal"));
        Files.writeString(wal.resolve("000000010000000000000007"), "the newest commits");
        Files.createSymbolicLink(data.resolve("pg_wal"), wal);
        Path version = Files.createDirectories(tablespace.resolve("PG_15_202209061/5"));
        Files.writeString(version.resolve("9"), "old rows");
        Files.createDirectories(data.resolve("pg_tblspc"));
        Files.createSymbolicLink(data.resolve("pg_tblspc/7"), tablespace);
    }

    /// Names and contents of everything that a restore in place may move, by path.
    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                String name = folder.relativize(path).toString();
                if (!name.matches("(pg|ts|wal)(\\..*|/.*|)")) {
                    continue;
                }
                tree.put(
                        name,
                        Files.isSymbolicLink(path)
                                ? "-> " + Files.readSymbolicLink(path)
                                : Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                                        ? "/"
                                        : new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
            }
        }
        return tree;
    }

    private RestoreEngine engine() {
        return new RestoreEngine(small.repository, Optional.empty(), InPlaceProcess.host(folder, Clock.systemUTC()));
    }

    private Facts.Restored restore(String operation, String verification) throws Exception {
        return engine().restore(operation, SmallRepository.SHOP, InPlaceProcess.command(folder, verification), SILENT);
    }

    private PlatformException refusal(String operation, String verification) {
        PlatformException refusal =
                catchThrowableOfType(PlatformException.class, () -> restore(operation, verification));
        assertThat(refusal).as("a refusal").isNotNull();
        return refusal;
    }

    private List<Path> siblings(String infix) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> path.getFileName().toString().contains(infix))
                    .sorted()
                    .toList();
        }
    }

    private void assertReplaced() throws IOException {
        cluster.assertRestoredWithLinkedWal(data);
        assertThat(data.resolve("mine")).doesNotExist();
        assertThat(Files.readSymbolicLink(data.resolve("pg_wal"))).isEqualTo(folder.resolve("wal"));
        assertThat(folder.resolve("wal/archive_status")).isDirectory();
        assertThat(folder.resolve("wal/000000010000000000000007")).doesNotExist();
        assertThat(tablespace.resolve("PG_15_202209061/5/9"))
                .hasBinaryContent(cluster.file("pg_tblspc/7/PG_15_202209061/5/9"));
    }

    @Test
    void setsEverythingAsideAndKeepsItForAWeek() throws Exception {
        // When
        restore("op", "fine");
        // Then the copy is in its place, with its WAL where WAL was
        assertReplaced();
        assertThat(folder.resolve("pg-stopped")).exists();
        // and what was there lies beside it, whole
        List<Path> old = siblings(".walkback-old-");
        assertThat(old).hasSize(3);
        assertThat(Files.getPosixFilePermissions(old.getFirst()))
                .as("no server starts in it: its links lead to what the copy has now")
                .isEmpty();
        Files.setPosixFilePermissions(old.getFirst(), PosixFilePermissions.fromString("rwx------"));
        assertThat(old.getFirst().resolve("mine")).hasContent("of the owner");
        assertThat(siblings(".walkback-failed-")).isEmpty();
        // and it stays until it has been kept long enough
        assertThat(tendAfter(Duration.ofDays(6))).isEmpty();
        assertThat(siblings(".walkback-old-")).hasSize(3);
        assertThat(tendAfter(Duration.ofDays(8))).isEmpty();
        assertThat(siblings(".walkback-old-")).isEmpty();
        assertReplaced();
    }

    private List<String> tendAfter(Duration time) throws Exception {
        // The restore ran in a process of its own by the system's clock; this one is `time` ahead of that.
        Clock later = Clock.fixed(Instant.now().plus(time), ZoneOffset.UTC);
        return InPlaceProcess.host(folder, later).tend();
    }

    @Test // P8
    void tellsTheSameEndWhenItIsAskedAgain() throws Exception {
        Facts.Restored once = restore("op", "fine");
        assertThat(restore("op", "fine")).isEqualTo(once);
        assertThat(siblings(".walkback-old-")).hasSize(3);
    }

    @Test
    void putsTheOldStateBackWhenTheCopyIsJudgedBad() throws Exception {
        // When
        PlatformException refusal = refusal("op", "bad");
        // Then
        assertThat(refusal.code()).isEqualTo(FailureCode.HOOK_FAILED);
        assertThat(refusal)
                .hasMessageContaining("hook 'bad' ended with 3: the totals differ")
                .hasMessageContaining("the old state is in its place again");
        assertThat(tree()).isEqualTo(before);
        // and another attempt of the same operation does not stop production again
        Files.delete(folder.resolve("pg-stopped"));
        assertThat(refusal("op", "bad").code()).isEqualTo(FailureCode.PUT_BACK);
        assertThat(folder.resolve("pg-stopped")).doesNotExist();
        // and a new one may go through
        restore("op2", "fine");
        assertReplaced();
    }

    @ParameterizedTest // F04, P2
    @ValueSource(
            strings = {
                KillPoint.IN_PLACE_STOPPED,
                KillPoint.IN_PLACE_MOVING,
                KillPoint.IN_PLACE_MOVED,
                KillPoint.RESTORE_MID_FETCH,
                KillPoint.IN_PLACE_STARTED
            })
    void f04PutsTheOldStateBackOnTheNextStartAfterAKillAtAnyStep(String point) throws Exception {
        Object mode = Files.getPosixFilePermissions(data);
        // Given a process that is killed there
        assertThat(InPlaceProcess.exitOf(folder, "op", point)).isEqualTo(137);
        // When a worker of the host starts, years later even
        List<String> undone = tendAfter(Duration.ofDays(1000));
        // Then not a byte is different
        assertThat(undone).singleElement().asString().contains("the old state is in its place again");
        assertThat(tree()).isEqualTo(before);
        assertThat(Files.getPosixFilePermissions(data)).isEqualTo(mode);
        // and it is done once
        assertThat(tendAfter(Duration.ofDays(1000))).isEmpty();
        // and the operation says so instead of beginning anew
        PlatformException refusal = refusal("op", "fine");
        assertThat(refusal.code()).isEqualTo(FailureCode.PUT_BACK);
        assertThat(tree()).isEqualTo(before);
    }

    @ParameterizedTest // F04
    @ValueSource(strings = {KillPoint.IN_PLACE_MOVING, KillPoint.RESTORE_MID_FETCH})
    void f04PutsTheOldStateBackBeforeAnybodyRestoresThereAgain(String point) throws Exception {
        assertThat(InPlaceProcess.exitOf(folder, "op", point)).isEqualTo(137);
        // When the same command comes again, without any worker
        PlatformException same = refusal("op", "fine");
        // Then
        assertThat(same.code()).isEqualTo(FailureCode.PUT_BACK);
        assertThat(same).hasMessageContaining("the old state is in its place again");
        assertThat(tree()).isEqualTo(before);
    }

    @Test // what is not ours is not deleted, whatever it is doing there
    void keepsWhatSomebodyElseHasPutUnderTheOldNameMeanwhile() throws Exception {
        // Given a kill after the data directory was set aside, and somebody who makes a new one
        assertThat(InPlaceProcess.exitOf(folder, "op", KillPoint.IN_PLACE_MOVING))
                .isEqualTo(137);
        Files.createDirectories(data);
        Files.writeString(data.resolve("new"), "by initdb");
        // When
        List<String> undone = tendAfter(Duration.ZERO);
        // Then
        List<Path> failed = siblings(".walkback-failed-");
        assertThat(failed).singleElement().satisfies(path -> assertThat(path.resolve("new"))
                .exists());
        assertThat(undone).singleElement().asString().contains(failed.getFirst().toString());
        assertThat(data.resolve("mine")).hasContent("of the owner");
    }

    @Test // F55
    void f55RefusesAnotherClusterAndAnOldStateThatIsNobodysBeforeAnythingIsStopped() throws Exception {
        // Given
        Files.write(data.resolve("global/pg_control"), SampleCluster.control(new SystemIdentifier(8)));
        // When
        PlatformException other = refusal("op", "fine");
        Files.writeString(tablespace.resolve("somebody"), "else's");
        Files.write(data.resolve("global/pg_control"), SampleCluster.control(SampleCluster.SYSTEM));
        PlatformException shared = refusal("op", "fine");
        PlannedRestore plan =
                engine().preview(SmallRepository.SHOP, InPlaceProcess.command(folder, "fine"), Rates.ASSUMED);
        // Then
        assertThat(other.code()).isEqualTo(FailureCode.SYSTEM_IDENTIFIER_MISMATCH);
        assertThat(shared.code()).isEqualTo(FailureCode.TARGET_NOT_EMPTY);
        assertThat(shared).hasMessageContaining("'somebody', which is not this cluster's");
        assertThat(plan.refusal()).isNotNull();
        assertThat(folder.resolve("pg-stopped")).doesNotExist();
    }

    @Test // F53
    void f53RunsNothingThatIsNotAPlainProgramOfItsOwnFolder() throws Exception {
        Path writable = folder.resolve("hooks/writable");
        Files.writeString(writable, "#!/bin/sh\n");
        Files.setPosixFilePermissions(writable, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.createSymbolicLink(folder.resolve("hooks/link"), Path.of("/bin/true"));
        for (String hook : List.of("writable", "link", "absent", "../hooks/fine", "/bin/true", "fine;reboot", "")) {
            PlatformException refusal = refusal("op-" + hook.length(), hook);
            assertThat(refusal.code()).as(hook).isEqualTo(FailureCode.HOOK_FAILED);
            assertThat(tree()).as(hook).isEqualTo(before);
        }
        assertThat(folder.resolve("pg-stopped")).doesNotExist();
    }

    @Test
    void bindsItsHooksAndWhatIsOverwrittenIntoTheDigest() throws Exception {
        Command.Restore fine = InPlaceProcess.command(folder, "fine");
        PlannedRestore plan = engine().preview(SmallRepository.SHOP, fine, Rates.ASSUMED);
        assertThat(plan.mode()).isEqualTo("in place");
        assertThat(plan.refusal()).isNull();
        assertThat(plan.digest())
                .isNotEqualTo(
                        engine().preview(SmallRepository.SHOP, InPlaceProcess.command(folder, "bad"), Rates.ASSUMED)
                                .digest());
    }
}
