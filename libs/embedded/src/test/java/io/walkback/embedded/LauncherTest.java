package io.walkback.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The `walkback` script, in a tree and with a JDK and a Maven that only record how they were called.
class LauncherTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final List<String> JARS = List.of(
            "cli/target/walkback-cli.jar",
            "scheduler-service/target/scheduler-service.jar",
            "backup-worker/target/backup-worker.jar",
            "restore-worker/target/restore-worker.jar",
            "alerting-service/target/alerting-service.jar",
            "libs/embedded/target/parts/registry/quarkus-run.jar");

    @TempDir
    Path directory;

    private Path tree;
    private Path jdk;
    private Path programs;

    @BeforeEach
    void layOutATreeAJdkAndAPath() throws IOException {
        Path script = Path.of(System.getProperty("walkback.root"), "walkback");
        assertThat(script).exists();
        tree = Files.createDirectories(directory.resolve("a tree"));
        Files.copy(script, tree.resolve("walkback"));
        jdk = directory.resolve("jdk");
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
        script(jdk.resolve("bin/java"), "for argument; do printf '[%s]' \"$argument\"; done");
        script(jdk.resolve("bin/javac"), "exit 1");
        programs = Files.createDirectories(directory.resolve("programs"));
        for (String name : List.of("readlink", "dirname", "grep", "find", "head", "touch", "mkdir", "mv")) {
            Path found = Path.of("/usr/bin", name);
            script(programs.resolve(name), "exec " + (Files.exists(found) ? found : Path.of("/bin", name)) + " \"$@\"");
        }
        for (String jar : JARS) {
            Files.createDirectories(tree.resolve(jar).getParent());
            Files.createFile(tree.resolve(jar));
        }
    }

    @Test
    void runsTheCommandLineFromAnywhereAndThroughLinks() throws IOException {
        // Given
        Path link = Files.createSymbolicLink(directory.resolve("wb"), Path.of("a tree/walkback"));
        // When
        String output = run(link, "demo", "two words", "");
        // Then
        assertThat(output)
                .contains("[-Dwalkback.parts=" + tree.toRealPath().resolve("libs/embedded/target/parts") + "]")
                .contains("[-jar][" + tree.toRealPath().resolve("cli/target/walkback-cli.jar") + "]")
                .endsWith("[demo][two words][]");
    }

    @Test
    void buildsWhatIsMissingAndWhatIsOlderThanItsSources() throws IOException {
        // Given
        script(programs.resolve("mvn"), "echo \"mvn $*\" in \"$JAVA_HOME\"; touch " + JARS.getFirst());
        Files.delete(tree.resolve(JARS.getFirst()));
        // When, Then
        assertThat(run(tree.resolve("walkback")))
                .contains("cli/target/walkback-cli.jar is missing")
                .contains("mvn -q -DskipTests package -pl cli,")
                .contains(" in " + jdk);
        assertThat(run(tree.resolve("walkback"))).doesNotContain("mvn");
        // When
        Path source = Files.createDirectories(tree.resolve("cli/src/main/java")).resolve("Main.java");
        Files.createFile(source);
        Files.setLastModifiedTime(tree.resolve(JARS.getFirst()), FileTime.fromMillis(1_000_000));
        // Then
        assertThat(run(tree.resolve("walkback")))
                .contains("cli/src/main/java/Main.java has changed")
                .contains("mvn -q");
        assertThat(run(tree.resolve("walkback"))).doesNotContain("mvn");
    }

    @Test
    void makesTheCacheOfLoadedClassesOnceAndRunsWithoutOneThatCannotBeMade() throws IOException {
        // Given
        Path cache = tree.resolve("cli/target/walkback-cli.aot");
        Files.setLastModifiedTime(tree.resolve(JARS.getFirst()), FileTime.fromMillis(1_000_000));
        // When, Then
        assertThat(run(tree.resolve("walkback"), "status")).endsWith("[status]");
        assertThat(cache).doesNotExist();
        // When
        script(jdk.resolve("bin/java"), """
            for argument; do
                printf '[%s]' "$argument"
                case $argument in -XX:AOTCacheOutput=*) echo run >>"${argument#*=}" ;; esac
            done\
            """);
        run(tree.resolve("walkback"), "status");
        run(tree.resolve("walkback"), "status");
        // Then
        assertThat(cache).hasContent("run");
        assertThat(cache.getParent()).isDirectoryNotContaining("glob:**.aot.*");
    }

    @Test
    void sparesTheSecondCompilerOnlyWhereACommandDoesNothingButAsk() throws IOException {
        String first = "[-XX:TieredStopAtLevel=1]";
        assertThat(run(tree.resolve("walkback"), "--api-url", "http://127.0.0.1:1", "backup", "restore"))
                .contains(first);
        assertThat(run(tree.resolve("walkback"), "restore", "--database", "status"))
                .doesNotContain(first);
        assertThat(run(tree.resolve("walkback"), "--output", "json", "demo", "--data", "status"))
                .doesNotContain(first);
    }

    @Test
    void saysWhatItLacks() throws IOException {
        Files.delete(tree.resolve(JARS.getLast()));
        assertThatThrownBy(() -> run(tree.resolve("walkback")))
                .hasMessageContaining("there is no mvn")
                .hasMessageContaining("quarkus-run.jar is missing");
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");
        assertThatThrownBy(() -> run(tree.resolve("walkback"))).hasMessageContaining("not a JDK 25");
    }

    private String run(Path launcher, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        Path log = directory.resolve("out.log");
        Files.deleteIfExists(log);
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", programs.toString());
        environment.put("WALKBACK_JAVA_HOME", jdk.toString());
        Launch launch = Launch.of("walkback", command, Path.of("/"), log).withEnvironment(environment);
        ChildProcess.run(launch, DEADLINE);
        return Files.readString(log);
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
