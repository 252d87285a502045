package io.walkback.restore.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class ServerFaultTest {
    @Test // P11
    void onlyMessagesAboutFilesAndPagesAreRepeated() {
        assertThat(ServerFault.words(
                        new SQLException("ERROR: invalid input syntax for type integer: \"4111\"", "22P02")))
                .isEqualTo("SQLSTATE 22P02");
        assertThat(ServerFault.words(new SQLException("ERROR: card 4111", "P0001")))
                .isEqualTo("SQLSTATE P0001");
        assertThat(ServerFault.words(new SQLException("ERROR: invalid page in block 1", "XX001")))
                .isEqualTo("ERROR: invalid page in block 1 (SQLSTATE XX001)");
    }
}
