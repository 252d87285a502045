package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.operation.Facts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Delta restores of a cluster with a tablespace.
class DeltaTablespaceTest {
    private static final String FILE = "PG_15_202209061/5/9";
    private static final String ORIGINAL = "/was/there";

    @TempDir
    Path folder;

    private SmallRepository small;
    private SampleCluster cluster;
    private Path data;
    private Path fast;

    @BeforeEach
    void restoreOnce() throws Exception {
        small = SmallRepository.in(folder);
        cluster = new SampleCluster(small, folder, Path.of(ORIGINAL));
        cluster.backup("b1");
        data = folder.resolve("data");
        fast = folder.resolve("fast");
        restore(fast);
    }

    @AfterEach
    void close() {
        small.close();
    }

    private Facts.Restored restore(Path tablespace) throws InterruptedException {
        return new RestoreEngine(small.repository, Optional.empty())
                .restore(
                        "op-" + UUID.randomUUID(),
                        SmallRepository.SHOP,
                        SampleCluster.over(data, "b1", Map.of(ORIGINAL, tablespace.toString())),
                        (_, _, _, _) -> {});
    }

    private void assertOriginal(Path tablespace) throws Exception {
        cluster.assertRestored(data);
        assertThat(tablespace.resolve(FILE)).hasBinaryContent(cluster.file("pg_tblspc/7/" + FILE));
        assertThat(Files.readSymbolicLink(data.resolve("pg_tblspc/7"))).isEqualTo(tablespace);
        assertThat(tablespace.resolve("walkback.incomplete")).doesNotExist();
    }

    @Test
    void keepsATablespaceWhereItIsAndLeavesWhatAnotherMajorHasThere() throws Exception {
        // Given
        Files.write(fast.resolve(FILE), new byte[] {1});
        Files.createFile(fast.resolve("PG_15_202209061/5/10"));
        Path other = Files.createDirectories(fast.resolve("PG_14_202107181/5"));
        Files.writeString(other.resolve("9"), "of the cluster before pg_upgrade");
        // When
        Facts.Restored facts = restore(fast);
        // Then
        assertThat(facts.keptBytes()).isEqualTo(cluster.bytes() - 4 * SampleCluster.PAGE);
        assertOriginal(fast);
        assertThat(fast.resolve("PG_15_202209061/5/10")).doesNotExist();
        assertThat(other.resolve("9")).hasContent("of the cluster before pg_upgrade");
    }

    @Test
    void movesATablespaceAndLeavesTheOldPlaceAlone() throws Exception {
        // Given
        Path slow = folder.resolve("slow");
        // When
        restore(slow);
        // Then
        assertOriginal(slow);
        assertThat(fast.resolve(FILE)).hasBinaryContent(cluster.file("pg_tblspc/7/" + FILE));
    }

    @Test
    void pitfall48TakesNoDirectoryThatIsNotThisClustersTablespace() throws Exception {
        // Given
        Path precious = Files.createDirectories(folder.resolve("precious/PG_15_202209061/5"));
        Files.writeString(precious.resolve("9"), "precious");
        // When
        PlatformException refusal =
                catchThrowableOfType(PlatformException.class, () -> restore(folder.resolve("precious")));
        // Then
        assertThat(refusal.code()).isEqualTo(FailureCode.TARGET_NOT_EMPTY);
        assertThat(refusal).hasMessageContaining("says that tablespace 7 is there");
        assertThat(precious.resolve("9")).hasContent("precious");
        assertOriginal(fast);
        // When its marker is somebody else's
        Files.writeString(fast.resolve("walkback.incomplete"), "operation=other\n");
        PlatformException marked = catchThrowableOfType(PlatformException.class, () -> restore(fast));
        // Then
        assertThat(marked).hasMessageContaining("unfinished restore of operation other");
        assertThat(data.resolve("global/pg_control")).exists();
    }
}
