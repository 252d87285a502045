package io.walkback.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the Dockerfiles and docker-compose.yml rely on, without an engine.
class ImagesIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Pattern COPY = Pattern.compile("(?m)^COPY (target/\\S+) (\\S+)$");
    private static final Pattern RUN = Pattern.compile("(?m)^RUN java (.*)$");
    private static final Pattern TAKE = Pattern.compile("(?m)^COPY --from=unpacked (\\S+) (\\S+)$");
    private static final Pattern JAR = Pattern.compile("\"-jar\", \"([^\"]+)\"");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"scheduler-service", "backup-worker", "restore-worker", "alerting-service"})
    void unpackTheJarTheWayTheDockerfileSays(String service) throws IOException {
        // Given
        String dockerfile = Files.readString(Compose.ROOT.resolve(service).resolve("Dockerfile"));
        Matcher copy = find(COPY, dockerfile);
        Path jar = Compose.ROOT.resolve(service).resolve(copy.group(1));
        Files.copy(jar, directory.resolve(copy.group(2)));
        String place = find(TAKE, dockerfile).group(1);
        Path unpacked = directory.resolve("root").resolve(Path.of("/").relativize(Path.of(place)));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Arrays.stream(find(RUN, dockerfile).group(1).split(" "))
                .map(argument -> argument.equals(place) ? unpacked.toString() : argument)
                .forEach(command::add);
        // When
        ChildProcess.run(Launch.of("extract", command, directory, directory.resolve("extract.log")), DEADLINE);
        // Then
        Path started = Path.of(find(TAKE, dockerfile).group(2))
                .relativize(Path.of(find(JAR, dockerfile).group(1)));
        assertThat(unpacked.resolve(started)).isRegularFile();
        assertThat(unpacked.resolve("lib")).isDirectoryContaining("glob:**/kafka-clients-*.jar");
    }

    @Test
    void whoeverOpensADatabaseHasItsPassword() {
        Compose compose = Compose.ofThisProject();
        for (String service : List.of("scheduler-service", "backup-worker", "postgres")) {
            assertThat(compose.environment(service)).containsKey("WALKBACK_DATABASE_PASSWORD");
        }
    }

    private static Matcher find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as("%s in%n%s", pattern, text).isTrue();
        return matcher;
    }
}
