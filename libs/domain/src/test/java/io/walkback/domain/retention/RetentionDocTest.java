package io.walkback.domain.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The examples of docs/retention.md.
class RetentionDocTest {
    private static final Path PAGE = Path.of("../../docs/retention.md");
    private static final Pattern EXAMPLE = Pattern.compile("```example\n(.*?)```", Pattern.DOTALL);

    static Stream<String> examples() throws IOException {
        List<String> found = EXAMPLE.matcher(Files.readString(PAGE))
                .results()
                .map(example -> example.group(1))
                .toList();
        assertThat(found).hasSizeGreaterThan(3);
        return found.stream();
    }

    private static Map<String, List<String>> lines(String example) {
        Map<String, List<String>> lines = new HashMap<>();
        example.lines().forEach(line -> {
            List<String> words = List.of(line.strip().split("\\s+", -1));
            lines.put(words.getFirst(), words.subList(1, words.size()));
        });
        return lines;
    }

    private static RetentionPolicy policy(List<String> settings) {
        Map<String, String> values = new HashMap<>();
        settings.forEach(setting -> values.put(setting.split("=", -1)[0], setting.split("=", -1)[1]));
        KeepRules usual = KeepRules.DEFAULT;
        return Histories.policy(
                duration(values.remove("retention")),
                new KeepRules(
                        number(values.remove("keepCount"), usual.keepCount()),
                        null,
                        number(values.remove("keepDaily"), usual.keepDaily()),
                        number(values.remove("keepWeekly"), usual.keepWeekly()),
                        0,
                        0,
                        number(values.remove("minimumRedundancy"), usual.minimumRedundancy()),
                        // Examples are about the other rules
                        Duration.ofMinutes(1),
                        null));
    }

    private static int number(@Nullable String text, int otherwise) {
        return text == null ? otherwise : Integer.parseInt(text);
    }

    private static Duration duration(@Nullable String text) {
        Matcher span = Pattern.compile("(\\d+)([dh])").matcher(String.valueOf(text));
        assertThat(span.matches()).isTrue();
        long count = Long.parseLong(span.group(1));
        return span.group(2).equals("d") ? Duration.ofDays(count) : Duration.ofHours(count);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void decidesAsThePageSays(String example) {
        // Given
        Map<String, List<String>> lines = lines(example);
        List<Candidate> backups = lines.getOrDefault("backups", List.of()).stream()
                .map(backup -> backup.split("@", -1))
                .map(parts -> Histories.completed(parts[0], Double.parseDouble(parts[1])))
                .toList();
        double now = Double.parseDouble(lines.getOrDefault("now", List.of()).getFirst());
        // When
        RetentionPlan plan = Histories.decide(policy(lines.getOrDefault("policy", List.of())), now, backups);
        // Then
        assertThat(plan.decisions().stream()
                        .filter(Decision::keeps)
                        .map(Decision::backup)
                        .map(BackupId::value))
                .containsExactlyElementsOf(lines.getOrDefault("keeps", List.of()));
        assertThat(Histories.expired(plan)).containsExactlyElementsOf(lines.getOrDefault("expires", List.of()));
    }
}
