package io.walkback.restore.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileFailuresTest {
    private static OperatorActionException of(IOException cause) {
        return FileFailures.of("write", Path.of("/srv/copy"), cause);
    }

    @Test
    void tellsAFullDiskFromEverythingElse() {
        assertThat(of(new IOException("No space left on device")).code()).isEqualTo(FailureCode.TARGET_SPACE);
        assertThat(of(new FileSystemException("/srv/copy", null, "Disk quota exceeded"))
                        .code())
                .isEqualTo(FailureCode.TARGET_SPACE);
        OperatorActionException denied = of(new AccessDeniedException("/srv/copy"));
        assertThat(denied.code()).isEqualTo(FailureCode.CONFIGURATION);
        assertThat(denied.text()).isEqualTo("cannot write '/srv/copy': permission denied");
        assertThat(denied).hasCauseInstanceOf(AccessDeniedException.class);
    }
}
