package io.walkback.backup.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ControlCopiesTest {
    private final ControlCopies copies = new ControlCopies();

    private void file(String path, String... parts) {
        copies.begin(path, 10);
        for (String part : parts) {
            byte[] bytes = ("xx" + part).getBytes(StandardCharsets.UTF_8);
            copies.accept(bytes, 2, bytes.length - 2);
        }
        copies.end();
    }

    @Test // pitfall 22
    void theFilesThatDecideWhereRecoveryBeginsAreKeptByteForByte() {
        file("backup_label", "ab", "c\n");
        file("base/5/backup_label", "not this one");
        file("global/pg_control");
        assertThat(copies.require(ControlCopies.LABEL).bytes()).isEqualTo("abc\n".getBytes(StandardCharsets.UTF_8));
        assertThat(copies.require(ControlCopies.PG_CONTROL).size()).isZero();
        assertThat(copies.find(ControlCopies.TABLESPACE_MAP)).isEmpty();
    }

    @Test
    void aMissingOrHugeOneIsNamed() {
        assertThatThrownBy(() -> copies.require(ControlCopies.LABEL))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("backup_label");
        assertThatThrownBy(() -> copies.begin("global/pg_control", 2 << 20))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("pg_control");
    }
}
