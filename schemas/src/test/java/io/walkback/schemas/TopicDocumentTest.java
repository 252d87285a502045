package io.walkback.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TopicDocumentTest {
    private static final Path PAGE = Path.of("..", "docs", "topics.md");

    @Test
    void thePageSaysWhatTheCodeSays() throws IOException {
        // Given
        String printed = TopicDocument.markdown();
        if (Boolean.getBoolean("walkback.docs.write")) {
            Files.writeString(PAGE, printed);
        }
        // When
        String kept = Files.readString(PAGE);
        // Then
        assertThat(kept).isEqualTo(printed);
    }
}
