package io.walkback.restore.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.restore.SmallRepository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerTest {
    @TempDir
    Path folder;

    private SmallRepository backups;

    @BeforeEach
    void open() throws Exception {
        folder = folder.toRealPath();
        backups = SmallRepository.in(folder);
    }

    @AfterEach
    void close() {
        backups.close();
    }

    private Command.Restore to(
            @Nullable String backup, RecoveryTarget target, @Nullable Integer timeline, String directory) {
        return new Command.Restore(
                backup == null ? null : new BackupId(backup),
                target,
                timeline == null ? null : new TimelineId(timeline),
                "here",
                directory,
                Map.of(),
                true);
    }

    private Command.Restore immediate(@Nullable String backup) {
        return to(backup, new RecoveryTarget.Immediate(), null, copy());
    }

    private Command.Restore mapped(Map<String, String> tablespaces) {
        return new Command.Restore(null, new RecoveryTarget.Immediate(), null, "here", copy(), tablespaces, true);
    }

    private String copy() {
        return folder.resolve("copy").toString();
    }

    private RestorePlan plan(Command.Restore command) {
        return new Planner(backups.repository).plan(SmallRepository.SHOP, command);
    }

    private PlatformException refusal(Command.Restore command) {
        PlatformException refusal = catchThrowableOfType(PlatformException.class, () -> plan(command));
        assertThat(refusal).as("a refusal").isNotNull();
        return refusal;
    }

    @Test
    void pitfall39TakesAnOlderBackupOnlyWhereTheNewerCannotServeAndSaysSo() {
        // Given a newer backup whose WAL is not there
        backups.commit("b1", 0);
        backups.commit("b2", 10, 3, "");
        // When
        RestorePlan plan = plan(immediate(null));
        PlatformException explicit = refusal(immediate("b2"));
        // Then
        assertThat(plan.backup()).isEqualTo(new BackupId("b1"));
        assertThat(plan.notes())
                .singleElement()
                .asString()
                .contains("backup b2 was passed over")
                .contains("000000010000000000000003");
        assertThat(explicit.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
        assertThat(explicit).hasMessageContaining("backup b2 needs wal up to");
    }

    @Test
    void neverStartsFromALogicalBackupHoweverNewItIs() {
        // Given
        backups.commit("b1", 0);
        backups.dump("l1", 10);
        // When
        RestorePlan plan = plan(immediate(null));
        PlatformException explicit = refusal(immediate("l1"));
        // Then
        assertThat(plan.backup()).isEqualTo(new BackupId("b1"));
        assertThat(plan.notes()).isEmpty();
        assertThat(explicit.code()).isEqualTo(FailureCode.NOT_SUPPORTED);
        assertThat(explicit).hasMessageContaining("backup l1 of database 'shop' is logical");
    }

    @Test
    void refusesWhereThereIsNothingButALogicalBackup() {
        backups.dump("l1", 10);
        assertThat(refusal(immediate(null)).code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
    }

    @Test
    void p12NamesWhatIsMissingWhenNoBackupCanServe() {
        backups.commit("b2", 10, 3, "");
        assertThat(refusal(immediate(null))).hasMessageContaining("backup b2 needs wal up to");
    }

    @Test
    void pitfall41RefusesATimelineWhoseHistoryIsNotArchived() {
        backups.commit("b1", 0);
        PlatformException refusal = refusal(to(null, new RecoveryTarget.Immediate(), 5, copy()));
        assertThat(refusal.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
        assertThat(refusal).hasMessageContaining("00000005.history is not in the archive");
    }

    @Test
    void pitfall43RefusesABackupThatATimelineLeftBeforeItEnded() {
        // Given a timeline that branched off between the backup's start and its stop
        backups.commit("b1", 0);
        backups.lineage().wal().putHistory(new TimelineId(2), "1\t0/100100\tearly\n".getBytes(StandardCharsets.UTF_8));
        // When
        PlatformException refusal = refusal(to("b1", new RecoveryTarget.Immediate(), 2, copy()));
        // Then
        assertThat(refusal.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
        assertThat(refusal).hasMessageContaining("which timeline 2 left earlier");
    }

    @Test
    void refusesWhatItDoesNotKnowOrCannotDo() {
        backups.commit("b1", 0);
        assertThat(catchThrowableOfType(PlatformException.class, () -> new Planner(backups.repository)
                                .plan(new DatabaseId("other"), immediate(null)))
                        .code())
                .isEqualTo(FailureCode.DATABASE_UNKNOWN);
        assertThat(refusal(immediate("b9")).code()).isEqualTo(FailureCode.BACKUP_UNKNOWN);
    }

    @Test
    void refusesAnExclusiveEndOfWhatHasNothingJustBeforeIt() {
        backups.commit("b1", 0);
        Command.Restore exclusive = new Command.Restore(
                null,
                new RecoveryTarget.RestorePoint("before"),
                null,
                "here",
                copy(),
                Map.of(),
                true,
                false,
                true,
                false,
                null,
                null,
                null);
        PlatformException refusal = refusal(exclusive);
        assertThat(refusal.code()).isEqualTo(FailureCode.REQUEST_INVALID);
        assertThat(refusal).hasMessageContaining("restore point 'before' has nothing just before it");
    }

    @Test
    void pitfall48WritesNoTablespaceThatTheRequestDoesNotMap() {
        // Given
        backups.archive(1);
        backups.commit("b1", 0, 1, "/srv/fast");
        // Then
        assertThat(refusal(mapped(Map.of()))).hasMessageContaining("tablespace '/srv/fast' is not mapped");
        assertThat(refusal(mapped(Map.of("/srv/fast", folder + "/f", "/srv/slow", folder + "/s"))))
                .hasMessageContaining("no tablespace '/srv/slow'");
        assertThat(refusal(mapped(Map.of("/srv/fast", copy() + "/../copy"))).code())
                .isEqualTo(FailureCode.REQUEST_INVALID);
        assertThat(Files.notExists(folder.resolve("copy"))).isTrue();
        assertThat(refusal(mapped(Map.of("/srv/fast", "fast")))).hasMessageContaining("must be an absolute path");
        assertThat(plan(mapped(Map.of("/srv/fast", folder + "/f"))).tablespaces())
                .containsExactly(new TablespacePlan(7, "/srv/fast", folder.resolve("f"), 0));
    }

    @Test
    void resolvesTheFolderThatWillHoldTheDirectory() throws Exception {
        // Given
        backups.commit("b1", 0);
        Path real = Files.createDirectory(folder.resolve("real"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        // Then one directory has one name, whichever way it is asked for
        assertThat(plan(to(null, new RecoveryTarget.Immediate(), null, link + "/./copy"))
                        .directory())
                .isEqualTo(real.resolve("copy"));
        assertThat(refusal(to(null, new RecoveryTarget.Immediate(), null, link + "/no/copy")))
                .hasMessageContaining("does not exist");
    }
}
