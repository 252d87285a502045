package io.walkback.restore.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.Stop;
import io.walkback.restore.plan.TablespacePlan;
import io.walkback.restore.plan.WalChain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetDirectoriesTest {
    @TempDir
    Path folder;

    private RestorePlan plan(long files) {
        TimelineId one = TimelineId.FIRST;
        return new RestorePlan(
                new DatabaseId("shop"),
                new SystemIdentifier(1),
                new BackupId("b1"),
                15,
                one,
                new Lsn(1),
                new Lsn(2),
                new Stop.Consistent(),
                new WalChain(TimelineHistory.root(one), List.of(), new WalSegment(one, 9, 1 << 20), null, false),
                files,
                folder.resolve("data"),
                List.of(new TablespacePlan(7, "/was/there", folder.resolve("fast"), 1)),
                false,
                List.of());
    }

    private TargetDirectories targets() {
        return new TargetDirectories("op", plan(1));
    }

    private PlatformException refusal(TargetDirectories targets) {
        PlatformException refusal = catchThrowableOfType(PlatformException.class, targets::check);
        assertThat(refusal).isNotNull();
        return refusal;
    }

    @Test
    void pitfall47LeavesTheLostAndFoundOfAMountPointAlone() throws Exception {
        // Given a mount point, in which an earlier attempt of this operation wrote
        Path data = Files.createDirectory(folder.resolve("data"));
        Path found = Files.createDirectory(data.resolve("lost+found"));
        Files.writeString(found.resolve("#4711"), "inode");
        Object owner = Files.getOwner(found);
        targets().claim(ServerAccount.forThisProcess());
        Files.createDirectories(data.resolve("base/lost+found"));
        Files.writeString(data.resolve("base/lost+found/half"), "written");
        Files.createSymbolicLink(data.resolve("link"), found);
        // When
        targets().check();
        targets().claim(ServerAccount.forThisProcess());
        // Then what the attempt wrote is gone, and what fsck found is not
        try (var left = Files.list(data)) {
            assertThat(left).containsExactlyInAnyOrder(found, data.resolve(TargetDirectories.MARKER));
        }
        assertThat(found.resolve("#4711")).hasContent("inode");
        assertThat(Files.getOwner(found)).isEqualTo(owner);
    }

    @Test
    void marksEveryDirectoryUntilTheRestoreIsComplete() throws Exception {
        // Given
        TargetDirectories targets = targets();
        // When
        targets.claim(ServerAccount.forThisProcess());
        // Then
        assertThat(targets.all()).containsExactly(folder.resolve("data"), folder.resolve("fast"));
        assertThat(targets.all())
                .allSatisfy(directory -> assertThat(Marker.in(directory)).contains(new Marker("op", null)));
        targets.complete();
        assertThat(targets.all()).allSatisfy(directory -> assertThat(directory).isEmptyDirectory());
    }

    @Test
    void f55RefusesWhatIsSomebodyElses() throws IOException {
        // A tablespace counts as much as the data directory.
        Path fast = folder.resolve("fast");
        Files.writeString(fast, "a file");
        assertThat(refusal(targets())).hasMessageContaining("is a file");
        Files.delete(fast);
        Files.createDirectory(fast);
        Files.writeString(fast.resolve("precious"), "data");
        assertThat(refusal(targets())).hasMessageContaining("precious");
        Files.writeString(fast.resolve(TargetDirectories.MARKER), "operation=other\n");
        assertThat(refusal(targets())).hasMessageContaining("operation other");
        assertThat(refusal(targets()).code()).isEqualTo(FailureCode.TARGET_NOT_EMPTY);
        assertThat(fast.resolve("precious")).hasContent("data");
    }

    @Test
    void refusesAFilesystemThatIsTooSmallAndSaysHowMuchItLacks() {
        PlatformException refusal = refusal(new TargetDirectories("op", plan(1L << 60)));
        assertThat(refusal.code()).isEqualTo(FailureCode.TARGET_SPACE);
        assertThat(refusal).hasMessageContaining(Long.toString((1L << 60) + (2 << 20) + (64 << 20) + 1));
    }
}
