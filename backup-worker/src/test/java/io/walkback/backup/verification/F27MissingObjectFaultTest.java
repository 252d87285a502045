package io.walkback.backup.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.event.Severity;
import io.walkback.domain.operation.Rotation;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class F27MissingObjectFaultTest {
    @TempDir
    Path work;

    @Test
    void anObjectThatVanishedIsToldWhicheverPartIsRead() throws Exception {
        try (Bucket it = new Bucket(false, "", work)) {
            // Given
            it.commit("b1", null);
            it.commit("b2", "b1");
            String own = it.packs("b2").getLast();
            // When
            it.server.hide(own);
            // Then
            for (int part = 1; part <= 3; part++) {
                assertThat(it.verify(new Rotation(part, 3)))
                        .hasValueSatisfying(found -> assertThat(found.code()).isEqualTo(FailureCode.OBJECT_MISSING));
                assertThat(it.told).singleElement().satisfies(event -> {
                    assertThat("eu1/" + event.object()).isEqualTo(own);
                    assertThat(event.problem().code()).isEqualTo(FailureCode.OBJECT_MISSING);
                    assertThat(event.severity()).isEqualTo(Severity.CRITICAL);
                    assertThat(event.affectedBackups()).containsExactly(new BackupId("b2"));
                    assertThat(event.problem().hint()).startsWith("Restore from another backup");
                });
            }
        }
    }
}
