package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.Facts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndingTest {
    private static final Facts.Restored OPEN = new Facts.Restored(
            new BackupId("b1"),
            new Lsn(0x16B374D848L),
            Instant.parse("2026-05-01T10:00:00.123456Z"),
            new TimelineId(2),
            "here",
            "/srv/a b=c\\é",
            1L << 40,
            Map.of("plan", 0.5, "fetch", 1e-9),
            "/srv/copy-walkback",
            1L << 39);

    private static final Facts.Restored FILES = new Facts.Restored(
            new BackupId("b1"), null, null, TimelineId.FIRST, "here", "/srv/copy", 0, Map.of(), null, null);

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("restored");
    }

    @Test
    void p8TellsWhatTheOperationReachedAndNothingOfAnother() {
        for (Facts.Restored facts : new Facts.Restored[] {OPEN, FILES}) {
            Ending.write(file, "op", facts);
            assertThat(Ending.read(file, "op")).contains(facts);
            assertThat(Ending.read(file, "other")).isEmpty();
        }
    }

    @Test
    void knowsNothingWithoutAFile() {
        assertThat(Ending.read(file, "op")).isEmpty();
    }

    @Test
    void refusesAVersionThatItDoesNotKnowAndALineThatIsMissing() throws IOException {
        Ending.write(file, "op", OPEN);
        String text = Files.readString(file);
        Files.writeString(file, text.replace("version=1", "version=2"));
        assertThatThrownBy(() -> Ending.read(file, "op"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("version 2");
        Files.writeString(file, text.replaceAll("(?m)^bytes=.*$", ""));
        assertThatThrownBy(() -> Ending.read(file, "op"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("no line 'bytes'");
    }
}
