package io.walkback.restore.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedReportTest {
    @TempDir
    Path folder;

    private SignedReport report() {
        return SignedReport.of(Map.of("verdict", "FAILED", "rtoMs", 7L), ReportKey.at(folder.resolve("key")));
    }

    @Test
    void whatWasWrittenIsGenuineWhenItIsReadAgain() {
        // Given
        SignedReport written = report();
        // When
        SignedReport read = SignedReport.parse(written.text());
        // Then
        assertThat(read).isEqualTo(written);
        assertThat(read.isGenuine()).isTrue();
        assertThat(read.digest()).matches("sha256:[0-9a-f]{64}");
        assertThat(read.report()).isEqualTo("{\"rtoMs\":7,\"verdict\":\"FAILED\"}");
    }

    @Test // P9
    void noByteOfItCanBeChanged() {
        // Given
        String text = report().text();
        // When and then
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'x' ? 'y' : 'x';
            String changed = text.substring(0, i) + other + text.substring(i + 1);
            assertThat(SignedReport.parse(changed).isGenuine())
                    .as("character %d", i)
                    .isFalse();
        }
        assertThat(SignedReport.parse("").isGenuine()).isFalse();
        assertThat(SignedReport.parse(text + text).isGenuine()).isFalse();
    }

    @Test
    void theKeyIsMadeOnceAndNobodyElseReadsIt() throws Exception {
        // Given
        Path file = folder.resolve("a/key");
        // When
        String first = ReportKey.at(file).publicKey();
        // Then
        assertThat(ReportKey.at(file).publicKey()).isEqualTo(first);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        Files.writeString(file, "no key\n");
        assertThatThrownBy(() -> ReportKey.at(file)).isInstanceOf(OperatorActionException.class);
    }

    @Test
    void jsonHasOneTextForOneContent() {
        // Given
        Map<String, Object> content = new HashMap<>();
        content.put("z", List.of(1L, "a\"b\\ü\n"));
        content.put("a", Map.of("t", true));
        content.put("n", null);
        // When and then
        assertThat(CanonicalJson.of(content))
                .isEqualTo("{\"a\":{\"t\":true},\"n\":null,\"z\":[1,\"a\\\"b\\\\\\u00fc\\u000a\"]}");
        assertThatThrownBy(() -> CanonicalJson.of(1.5)).isInstanceOf(IllegalArgumentException.class);
    }
}
