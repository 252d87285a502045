package io.walkback.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `up` keeps in its folder: lock, token, ports, processes.
class DataFolderTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    @TempDir
    Path directory;

    @Test
    void aSecondUseOfTheSameFolderIsRefusedUntilTheFirstHasEnded() {
        // Given
        Path data = directory.resolve("data");
        try (DataFolder _ = DataFolder.open(data)) {
            // When, Then
            assertThatThrownBy(() -> DataFolder.open(data))
                    .isInstanceOf(OperatorActionException.class)
                    .hasMessageContaining(data.toString());
        }
        try (DataFolder again = DataFolder.open(data)) {
            assertThat(again.path()).isEqualTo(data);
        }
    }

    @Test
    void nobodyElseMayLookIntoIt() throws IOException {
        Path data = directory.resolve("data");
        try (DataFolder _ = DataFolder.open(data)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void theTokenIsRandomKeptAndReadableByItsOwnerOnly() throws IOException {
        try (DataFolder data = DataFolder.open(directory.resolve("one"));
                DataFolder other = DataFolder.open(directory.resolve("two"))) {
            // When
            String token = Files.readString(data.tokenFile(Optional.empty()));
            // Then
            assertThat(token).matches("[0-9a-f]{64}\n");
            assertThat(Files.readString(data.tokenFile(Optional.empty()))).isEqualTo(token);
            assertThat(Files.readString(other.tokenFile(Optional.empty()))).isNotEqualTo(token);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.tokenFile(Optional.empty()))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aTokenThatIsGivenReplacesTheOneThatIsThere() throws IOException {
        try (DataFolder data = DataFolder.open(directory)) {
            data.tokenFile(Optional.empty());
            assertThat(Files.readString(data.tokenFile(Optional.of(new Secret("given")))))
                    .isEqualTo("given\n");
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsAnOperatorsBusiness() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> DataFolder.open(file.resolve("data"))).isInstanceOf(OperatorActionException.class);
    }

    @Test
    void portsAreTheSameAfterARestart() {
        // Given
        Path file = directory.resolve("ports");
        int broker = new PortBook(file).take("broker");
        // When
        PortBook again = new PortBook(file);
        // Then
        assertThat(again.take("broker")).isEqualTo(broker);
        assertThat(again.take("registry")).isNotEqualTo(broker);
    }

    @Test
    void aPortThatSomebodyElseHasNowIsReplaced() throws IOException {
        // Given
        Path file = directory.resolve("ports");
        int broker = new PortBook(file).take("broker");
        try (ServerSocket squatter = new ServerSocket()) {
            squatter.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), broker));
            // When
            int other = new PortBook(file).take("broker");
            // Then
            assertThat(other).isNotEqualTo(broker);
            assertThat(new PortBook(file).remembered("broker")).hasValue(other);
        }
    }

    @Test
    void aDamagedListOfPortsOnlyCostsTheAddresses() throws IOException {
        // Given
        Path file = Files.writeString(directory.resolve("ports"), "broker=70000\nregistry=abc\napi=8080\n");
        // When
        PortBook book = new PortBook(file);
        // Then
        assertThat(book.remembered("broker")).isEmpty();
        assertThat(book.remembered("registry")).isEmpty();
        assertThat(book.remembered("api")).hasValue(8080);
    }

    @Test
    void aStartWaitsForWhatAnEarlierOneLeftAndNamesIt() throws IOException, InterruptedException {
        // Given
        Path file = directory.resolve("processes");
        Process left = new ProcessBuilder("sleep", "300").start();
        try {
            new ProcessBook(file).put("broker", left.pid());
            // When, Then
            assertThatThrownBy(() -> new ProcessBook(file).awaitEarlier(SHORT))
                    .isInstanceOf(OperatorActionException.class)
                    .hasMessageContaining("broker")
                    .hasMessageContaining(Long.toString(left.pid()));
        } finally {
            left.destroyForcibly().waitFor();
        }
        new ProcessBook(file).awaitEarlier(SHORT);
    }

    @Test
    void anotherProcessUnderTheSameIdIsNotWaitedFor() throws IOException, InterruptedException {
        // Given: this very process, as one that was started at another time
        Path file = directory.resolve("processes");
        Files.writeString(file, "broker=" + ProcessHandle.current().pid() + "@1999-12-31T00:00:00Z\nodd=text\n");
        // When
        new ProcessBook(file).awaitEarlier(SHORT);
        // Then: it returned
        assertThat(file).exists();
    }

    @Test
    void afterAnOrderlyEndNothingIsRemembered() throws IOException {
        // Given
        Path file = directory.resolve("processes");
        ProcessBook book = new ProcessBook(file);
        book.put("broker", ProcessHandle.current().pid());
        // When
        book.clear();
        // Then
        assertThat(file).isEmptyFile();
    }
}
