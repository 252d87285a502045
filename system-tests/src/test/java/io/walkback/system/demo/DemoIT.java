package io.walkback.system.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.embedded.Parts;
import io.walkback.standalone.demo.Demo;
import io.walkback.standalone.demo.DemoOptions;
import io.walkback.standalone.demo.DemoReport;
import io.walkback.standalone.demo.DemoReport.Backup;
import io.walkback.standalone.demo.DemoReport.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// The proof of the platform: write, back up, destroy, restore to a point in time, compare. From the jars of the
/// build.
class DemoIT {
    @TempDir
    Path directory;

    @Test
    void theWholeStoryHoldsAndLeavesNothingBehind() throws Exception {
        // Given
        Path json = directory.resolve("report.json");
        List<String> output = new CopyOnWriteArrayList<>();
        Consumer<String> print = line -> {
            output.add(line);
            System.err.println(line);
        };
        Demo demo = new Demo(
                new DemoOptions(18, Optional.of(json), false),
                Path.of(System.getProperty("walkback.root")),
                Parts.fromSystemProperty(),
                Clock.systemUTC(),
                print,
                print);
        // When
        DemoReport report = demo.run();
        // Then
        assertThat(report.steps()).allMatch(step -> step.status() == Status.PASSED);
        assertThat(report.passed()).isTrue();
        assertThat(report.steps()).hasSize(16);
        assertThat(report.rows())
                .satisfies(rows ->
                        assertThat(rows.restored()).isEqualTo(rows.expected()).isGreaterThan(1000));
        assertThat(report.backups()).hasSize(3).allMatch(backup -> backup.bytes() > 200_000_000);
        assertThat(report.backups()).extracting(Backup::storedBytes).allMatch(bytes -> bytes > 0);
        assertThat(report.rtoSeconds()).isPositive();
        assertThat(report.rpoSeconds()).isPositive();
        assertThat(new JsonMapper().readTree(Files.readString(json)))
                .isEqualTo(new JsonMapper().readTree(report.json()));
        assertThat(output).noneMatch(line -> line.contains("everything is kept in"));
    }
}
