package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.client.SyncReleaseForm;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseRecordsTest {
    @TempDir
    Path folder;

    private static SyncReleaseForm form(String id) {
        return new SyncReleaseForm(
                id, "2026-11-22T03:15:00Z", "ann@host", "10.0.0.5:5432", "INTENDED", "walkback_a", "", 3, 3);
    }

    private ReleaseRecords records(String database) {
        return new ReleaseRecords(folder, new DatabaseId(database));
    }

    @Test
    void aReleaseStaysUntilItIsRemovedAndIsReplacedByItsOwnEnd() throws Exception {
        // Given
        assertThat(records("shop").left()).isEmpty();
        records("shop").keep(form("r1"));
        records("shop").keep(form("r2"));
        // When
        records("shop").keep(form("r1").ended("SUCCEEDED", 0));
        // Then
        assertThat(records("shop").left()).containsExactlyInAnyOrder(form("r1").ended("SUCCEEDED", 0), form("r2"));
        assertThat(records("other").left()).isEmpty();
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(records("shop").file(form("r1")))))
                .isEqualTo("rw-------");
        // When
        records("shop").remove(form("r1"));
        records("shop").remove(form("r1"));
        // Then
        assertThat(records("shop").left()).containsExactly(form("r2"));
    }

    @Test
    void aFileThatIsNoRecordIsToldOfAndNotPassedOver() throws Exception {
        records("shop").keep(form("r1"));
        Files.writeString(records("shop").file(form("r1")), "{");
        assertThatThrownBy(() -> records("shop").left())
                .isInstanceOfSatisfying(OperatorActionException.class, fault -> assertThat(fault.code())
                        .isEqualTo(FailureCode.CONFIGURATION))
                .hasMessageContaining("r1.json");
    }

    @Test
    void aFolderThatCannotBeMadeIsToldOf() throws Exception {
        Files.writeString(folder.resolve("releases"), "a file in its place");
        assertThatThrownBy(() -> records("shop").keep(form("r1")))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("releases/shop/r1.json");
    }
}
