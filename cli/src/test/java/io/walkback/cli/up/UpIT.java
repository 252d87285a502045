package io.walkback.cli.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.client.DatabaseForm;
import io.walkback.client.DatabaseView;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.JavaCommand;
import io.walkback.embedded.Launch;
import io.walkback.embedded.Parts;
import io.walkback.embedded.Signal;
import io.walkback.standalone.up.PlatformService;
import io.walkback.standalone.up.ReadyLine;
import io.walkback.standalone.up.Settings;
import io.walkback.standalone.up.Up;
import io.walkback.standalone.up.UpOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The platform as a user has it, from the jars of the build: started, killed, started again, stopped.
class UpIT {
    private static final Duration START = Duration.ofMinutes(4);
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    @Test
    void aSecondStartCarriesOnAfterTheFirstWasKilledAndNothingIsLeftInTheEnd() throws Exception {
        // Given: a first one, in a process of its own, that knows a database
        Path data = directory.resolve("data");
        JsonNode first;
        List<Long> firstPids;
        try (ChildProcess parent = startParent(data)) {
            first = new JsonMapper().readTree(Files.readString(ready()));
            firstPids = pids(first);
            assertThat(firstPids).hasSize(6).allSatisfy(pid -> assertThat(isAlive(pid))
                    .isTrue());
            assertThat(Files.readString(Path.of(first.at("/tokenFile").asString())))
                    .hasSizeGreaterThan(32);
            try (WalkbackClient api =
                    new WalkbackClient(URI.create(first.at("/apiUrl").asString()), null)) {
                api.register(DatabaseForm.of("shop", "127.0.0.1", 1, "walkback", null));
            }
            assertThatThrownBy(() -> start(data, Map.of(), new ArrayList<>()))
                    .as("a second one beside it")
                    .isInstanceOf(OperatorActionException.class)
                    .hasMessageContaining(data.toString());
            // When: only the parent, as the kernel's memory killer would
            parent.signal(Signal.KILL);
        }
        // Then: a start right after that waits for what is still ending, and carries on
        List<String> told = new CopyOnWriteArrayList<>();
        List<Long> secondPids;
        Path backups = directory.resolve("backups");
        Map<String, String> settings = Map.of(
                "TEST_DATABASE_URL", "postgresql://walkback:p@127.0.0.1:1/scratch", "BACKUP_DIR", backups.toString());
        try (Up up = start(data, settings, told)) {
            assertThat(firstPids).noneMatch(UpIT::isAlive);
            assertThat(backups).as("the repository that the services opened").isNotEmptyDirectory();
            assertThat(told).anyMatch(line -> line.contains("repository is ") && line.contains(backups.toString()));
            assertThat(up.apiUrl().toString()).isEqualTo(first.at("/apiUrl").asString());
            secondPids = new ArrayList<>(up.pids().values());
            try (WalkbackClient api = new WalkbackClient(up.apiUrl(), null)) {
                assertThat(api.databases().first())
                        .extracting(DatabaseView::name)
                        .containsExactlyInAnyOrder("shop", "test");
            }
            // And: services may be killed one by one
            for (PlatformService service : PlatformService.values()) {
                up.kill(service.id());
            }
            await().atMost(DEADLINE)
                    .until(() -> told.stream()
                                    .filter(line -> line.contains(" is back"))
                                    .count()
                            == PlatformService.values().length);
            assertThat(told).anyMatch(line -> line.contains("backup-worker (pid") && line.contains("exit code 137"));
            assertThat(up.pids().values()).allMatch(UpIT::isAlive);
            secondPids.addAll(up.pids().values());
            try (WalkbackClient api = new WalkbackClient(up.apiUrl(), null)) {
                assertThat(api.database("shop").user()).isEqualTo("walkback");
                // The one identity that deletes looks at log, catalog and repository, and finds nothing to do.
                String expiry = api.expire("shop", null).operationId();
                assertThat(api.await(expiry, START, _ -> {}).state()).isEqualTo("COMPLETED");
                assertThat(api.retention("shop").deletes().total().objects()).isZero();
            }
            assertThat(new JsonMapper()
                            .readTree(ReadyLine.json(up))
                            .at("/pids/broker")
                            .asLong())
                    .isEqualTo(up.pids().get("broker"));
            assertThat(ReadyLine.text(up))
                    .contains(up.apiUrl().toString(), up.alertingUrl().toString())
                    .doesNotContain("\n");
            try (WalkbackClient alerting = new WalkbackClient(up.alertingUrl(), null)) {
                // The killed one's place in the group is free once its session has ended.
                await().atMost(DEADLINE)
                        .ignoreException(RetryableException.class)
                        .untilAsserted(
                                () -> assertThat(alerting.alerts().alerts()).isEmpty());
            }
        }
        assertThat(secondPids).noneMatch(UpIT::isAlive);
        assertThat(data.resolve("processes")).isEmptyFile();
        try (FileChannel lock = FileChannel.open(data.resolve("lock"), StandardOpenOption.WRITE);
                FileLock free = lock.tryLock()) {
            assertThat(free).as("the lock of the data folder").isNotNull();
        }
    }

    private static Up start(Path data, Map<String, String> settings, List<String> told) throws InterruptedException {
        return Up.start(
                UpOptions.in(data).withApiPort(0),
                Settings.of(settings),
                root(),
                Parts.fromSystemProperty(),
                told::add);
    }

    private static Path root() {
        return Path.of(System.getProperty("walkback.root"));
    }

    private ChildProcess startParent(Path data) {
        List<String> arguments = List.of(
                "-D" + Parts.PROPERTY + "=" + Parts.fromSystemProperty().root(),
                "-Dwalkback.root=" + root(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                data.toString(),
                ready().toString());
        ChildProcess parent = ChildProcess.start(
                Launch.of("up", JavaCommand.with(128, arguments), directory, directory.resolve("up.log")));
        parent.awaitReady(() -> Files.exists(ready()), START);
        return parent;
    }

    private Path ready() {
        return directory.resolve("ready");
    }

    private static List<Long> pids(JsonNode ready) {
        List<Long> pids = new ArrayList<>();
        ready.at("/pids").forEach(pid -> pids.add(pid.asLong()));
        return pids;
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /// `up` as the command line has it.
    static final class Parent {
        private Parent() {}

        public static void main(String[] arguments) throws InterruptedException, IOException {
            List<String> told = new CopyOnWriteArrayList<>();
            try (Up up = UpIT.start(Path.of(arguments[0]), Map.of(), told)) {
                Path ready = Path.of(arguments[1]);
                Path half = ready.resolveSibling("ready.new");
                Files.writeString(half, ReadyLine.json(up));
                Files.move(half, ready);
                up.awaitEnd();
            }
        }
    }
}
