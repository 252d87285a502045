package io.walkback.restore.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.Stop;
import io.walkback.restore.plan.WalChain;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoverySettingsTest {
    private static RestorePlan plan(Stop stop) {
        TimelineId one = TimelineId.FIRST;
        WalChain wal = new WalChain(TimelineHistory.root(one), List.of(), new WalSegment(one, 9, 1 << 20), null, false);
        return new RestorePlan(
                new DatabaseId("shop"),
                new SystemIdentifier(1),
                new BackupId("b1"),
                15,
                one,
                new Lsn(1),
                new Lsn(2),
                stop,
                wal,
                0,
                Path.of("/srv/copy"),
                List.of(),
                true,
                List.of());
    }

    @Test
    void pitfall46OverridesInheritedSettingsAndSetsTheTargetLast() {
        String text = RecoverySettings.recovering(
                "recovery_target_xid = '5'\nprimary_conninfo = 'host=primary'",
                plan(new Stop.Time(Instant.parse("2026-05-01T10:00:00.123456789Z"))),
                "/srv/copy-walkback/restore-command %f %p");
        List<String> lines = text.lines().toList();
        assertThat(lines)
                .containsSubsequence(
                        "primary_conninfo = 'host=primary'",
                        "recovery_target_xid = ''",
                        "recovery_target_timeline = '1'",
                        "primary_conninfo = ''",
                        "recovery_target_time = '2026-05-01 10:00:00.123456+00'");
        assertThat(lines.stream().filter(line -> line.startsWith("recovery_target_time ")))
                .hasSize(1);
    }

    @Test
    void p7LeavesNothingButArchiveModeOffBehind() {
        String before = "work_mem = '4MB'\n";
        String during = RecoverySettings.recovering(before, plan(new Stop.Position(new Lsn(77))), "x %f %p");
        String after = RecoverySettings.restored(during);
        assertThat(RecoverySettings.without(after)).isEqualTo(before);
        assertThat(after)
                .contains("archive_mode = 'off'")
                .doesNotContain("recovery_target")
                .doesNotContain("x %f");
        assertThat(RecoverySettings.restored(after)).isEqualTo(after);
    }

    @Test
    void quotesWhatTheServerWouldInterpret() {
        assertThat(RecoverySettings.recovering("", plan(new Stop.Consistent()), "a'b\\c"))
                .contains("restore_command = 'a''b\\\\c'")
                .contains("recovery_target = 'immediate'\n# walkback: end");
    }

    @Test
    void keepsSocketNamesShortAndPlainWhateverTheTargetIsCalled() {
        assertThat(RunDirectory.of(Path.of("/srv/copy")).path()).isEqualTo(Path.of("/srv/copy-walkback"));
        for (String odd : List.of("/srv/it's", "/srv/$(reboot)", "/srv/a b", "/srv/100%", "/srv/" + "x".repeat(200))) {
            Path path = RunDirectory.of(Path.of(odd)).path();
            assertThat(path.toString()).matches("[A-Za-z0-9._/-]+/walkback-[0-9a-f]{16}");
            assertThat(RunDirectory.of(Path.of(odd)).path()).isEqualTo(path);
        }
    }
}
