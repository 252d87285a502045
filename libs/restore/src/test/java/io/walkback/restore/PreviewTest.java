package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.plan.PlannedRestore;
import io.walkback.domain.plan.PreflightCheck;
import io.walkback.domain.plan.PreflightCheck.Outcome;
import io.walkback.domain.plan.PresentCluster;
import io.walkback.restore.preview.Rates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Plans as they are shown, of backups that no server could start.
class PreviewTest {
    private static final RestoreProgress SILENT = (_, _, _, _) -> {};

    @TempDir
    Path folder;

    private SmallRepository small;
    private SampleCluster cluster;
    private Path target;

    @BeforeEach
    void open() throws Exception {
        folder = folder.toRealPath();
        small = SmallRepository.in(folder);
        cluster = new SampleCluster(small, folder, null);
        cluster.backup("b1");
        target = folder.resolve("copy");
    }

    @AfterEach
    void close() {
        small.close();
    }

    private RestoreEngine engine() {
        return new RestoreEngine(small.repository, Optional.empty());
    }

    private Command.Restore files(@Nullable String backup, boolean delta, @Nullable String digest) {
        return new Command.Restore(
                backup == null ? null : new BackupId(backup),
                new RecoveryTarget.Immediate(),
                null,
                "here",
                target.toString(),
                Map.of(),
                false,
                delta,
                false,
                false,
                digest,
                null,
                null);
    }

    private PlannedRestore preview(Command.Restore command) {
        return engine().preview(SmallRepository.SHOP, command, Rates.ASSUMED);
    }

    private static PreflightCheck check(PlannedRestore plan, String name) {
        return plan.checks().stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no check " + name + " in " + plan.checks()));
    }

    /// The least that is a data directory of a cluster.
    private void occupy(Path directory, SystemIdentifier system) throws IOException {
        Files.createDirectories(directory.resolve("global"));
        Files.write(directory.resolve("global/pg_control"), SampleCluster.control(system));
        Files.writeString(directory.resolve("PG_VERSION"), "15\n");
    }

    private Set<String> everything() throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return new TreeSet<>(paths.map(Path::toString).toList());
        }
    }

    @Test
    void showsWhatARestoreIntoAnAbsentDirectoryWouldDoAndWritesNothing() throws Exception {
        // Given
        Set<String> before = everything();
        // When
        PlannedRestore plan = preview(files(null, false, null));
        // Then
        assertThat(plan.backup()).isEqualTo("b1");
        assertThat(plan.mode()).isEqualTo("empty");
        assertThat(plan.target()).isEqualTo("immediate");
        assertThat(plan.bytes()).isGreaterThan(5 << 20);
        assertThat(plan.present()).isNull();
        assertThat(plan.connections()).isZero();
        assertThat(plan.refusal()).isNull();
        assertThat(plan.rooms()).singleElement().satisfies(room -> {
            assertThat(room.uses()).containsExactly(target.toString());
            assertThat(room.needed()).isGreaterThan(plan.bytes());
            assertThat(room.free()).isGreaterThan(room.needed());
        });
        assertThat(plan.newTimeline()).as("nothing is started").isNull();
        assertThat(plan.expectedSeconds()).isPositive();
        assertThat(plan.measured()).isFalse();
        assertThat(plan.digest()).matches("sha256:[0-9a-f]{64}");
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void aBackupThatKnowsNothingOfItsServerIsUnknownAndNoPass() {
        PlannedRestore plan = preview(files(null, false, null));
        assertThat(check(plan, "collations").outcome()).isEqualTo(Outcome.WARNING);
        assertThat(check(plan, "collations").value()).startsWith("unknown");
        assertThat(check(plan, "configuration").value()).contains("pg_hba.conf lay outside the data directory");
    }

    @Test // F55
    void f55TellsEveryCheckThatStandsInTheWayInsteadOfEndingAtTheFirst() throws Exception {
        // Given a cluster where a restore wants to go
        occupy(target, SampleCluster.SYSTEM);
        // When
        PlannedRestore plan = preview(files(null, false, null));
        // Then
        PreflightCheck directory = check(plan, "directory");
        assertThat(directory.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(directory.code()).isEqualTo(FailureCode.TARGET_NOT_EMPTY);
        assertThat(directory.value()).contains("is not empty");
        assertThat(plan.refusal()).isEqualTo(directory);
        assertThat(plan.checks()).hasSizeGreaterThan(5);
        PresentCluster present = Objects.requireNonNull(plan.present());
        assertThat(present.system()).isEqualTo(SampleCluster.SYSTEM.toString());
        assertThat(present.major()).isEqualTo(15);
        assertThat(present.state()).isEqualTo("shut down");
        assertThat(present.bytes()).isGreaterThan(8000);
    }

    @Test
    void keepsItsDigestWhileOnlyFiguresChangeAndLosesItWithWhatIsDecidedOn() throws Exception {
        // Given
        String digest = preview(files(null, false, null)).digest();
        String delta = preview(files(null, true, null)).digest();
        // Then: it is asked twice, and from another engine
        assertThat(preview(files(null, false, null)).digest()).isEqualTo(digest);
        // and the backup that is chosen may be named
        assertThat(preview(files("b1", false, null)).digest()).isEqualTo(digest);
        // and another way of doing it, another thing overwritten, another backup are other plans
        assertThat(delta).isNotEqualTo(digest);
        occupy(target, SampleCluster.SYSTEM);
        String over = preview(files(null, true, null)).digest();
        assertThat(over).isNotEqualTo(delta);
        Files.write(target.resolve("more"), new byte[100_000]);
        assertThat(preview(files(null, true, null)).digest()).isEqualTo(over);
        cluster.touch(3);
        cluster.backup("b2");
        assertThat(preview(files(null, true, null)).digest()).isNotEqualTo(over);
        assertThat(preview(files("b1", true, null)).digest()).isEqualTo(over);
    }

    @Test
    void carriesOutThePlanThatWasSeenAndNoOther() throws Exception {
        // Given somebody has seen a plan for an empty place
        String digest = preview(files(null, false, null)).digest();
        cluster.touch(3);
        cluster.backup("b2");
        // When a newer backup has come meanwhile
        PlatformException refusal = catchThrowableOfType(PlatformException.class, () -> engine().restore(
                        "op", SmallRepository.SHOP, files(null, false, digest), SILENT));
        // Then
        assertThat(refusal.code()).isEqualTo(FailureCode.PLAN_CHANGED);
        assertThat(refusal).hasMessageContaining(digest).hasMessageContaining("backup b2");
        assertThat(target).doesNotExist();
        // and the one that was seen is carried out, and told again (P8)
        assertThat(engine().restore("op", SmallRepository.SHOP, files("b1", false, digest), SILENT)
                        .backup())
                .isEqualTo(new BackupId("b1"));
        assertThat(engine().restore("op", SmallRepository.SHOP, files("b1", false, digest), SILENT)
                        .backup())
                .isEqualTo(new BackupId("b1"));
    }

    @Test
    void goesOnWithADeltaRestoreWhoseDigestNamedTheClusterThatIsHalfGone() throws Exception {
        // Given a delta restore that was cut off after it had taken pg_control away
        occupy(target, SampleCluster.SYSTEM);
        String digest = preview(files(null, true, null)).digest();
        Files.delete(target.resolve("global/pg_control"));
        Files.writeString(target.resolve("walkback.incomplete"), "operation=op\ndelta=" + SampleCluster.SYSTEM + "\n");
        // When
        engine().restore("op", SmallRepository.SHOP, files(null, true, digest), SILENT);
        // Then
        cluster.assertRestored(target);
    }
}
