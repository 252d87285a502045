package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.embedded.FreePorts;
import io.walkback.postgres.setup.ArchiveWrapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The printed script, run by a real shell with a real curl against a worker's listener.
class ArchiveWrapperTest {
    private static final String FIVE = "000000010000000000000005";

    private record Ended(int code, String out) {}

    @TempDir
    Path directory;

    private Pushing pushing;
    private Path script;
    private Path token;

    @BeforeEach
    void start() throws IOException {
        pushing = new Pushing(directory);
        script = Files.writeString(directory.resolve("walkback-archive"), ArchiveWrapper.script());
        token = Files.writeString(directory.resolve("to ken"), ArchiveWrapper.tokenFile(pushing.token.reveal()));
    }

    @AfterEach
    void stop() {
        pushing.close();
    }

    private URI worker() {
        return URI.create("http://127.0.0.1:" + pushing.port());
    }

    private Ended run(URI worker, Path path, String name) throws Exception {
        return run("sh", script.toString(), worker + "/wal/shop", token.toString(), path.toString(), name);
    }

    private Ended run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), out);
    }

    private Path segment(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return Files.write(file, new PushedWal().segment(1, 5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "with blank", "it's", "a\"b", "$HOME `id`", "-T", "{a,b}[1-3]", "ä\nö", "100%p"})
    void aFileIsPushedWhateverItsPathLooksLike(String folder) throws Exception {
        // Given
        Path file = segment(directory.resolve(folder).resolve(FIVE));
        // When
        Ended absolute = run(worker(), file, FIVE);
        Ended relative = run(worker(), directory.relativize(file), FIVE);
        // Then
        assertThat(absolute).isEqualTo(new Ended(0, ""));
        assertThat(relative).isEqualTo(new Ended(0, ""));
        assertThat(pushing.archive().contains(PushedWal.name(1, 5))).isTrue();
    }

    @Test
    void theWholeLineIsOneForAShell() throws Exception {
        // Given
        Path odd = Files.createDirectories(directory.resolve("it's 100% odd"));
        Path place = Files.copy(script, odd.resolve("walkback-archive"));
        assertThat(place.toFile().setExecutable(true)).isTrue();
        Path file = segment(directory.resolve("pg_wal").resolve(FIVE));
        String line = ArchiveWrapper.command(place.toString(), worker(), "shop", token.toString());
        // When: as PostgreSQL replaces it
        String command = line.replace("%%", "\0")
                .replace("%p", directory.relativize(file).toString())
                .replace("%f", FIVE)
                .replace('\0', '%');
        Ended ended = run("sh", "-c", command);
        // Then
        assertThat(ended).isEqualTo(new Ended(0, ""));
        assertThat(pushing.told(WalSegmentArchived.class)).hasSize(1);
    }

    @Test // pitfall 13
    void whatIsRefusedEndsBelow126AndSaysWhy() throws Exception {
        Path file = segment(directory.resolve(FIVE));
        assertFailed(run(worker(), file, "000000010000000000000006"), "422 WAL_INVALID");
        assertFailed(run(worker(), file, "../" + FIVE), "not the name of a file that PostgreSQL archives");
        assertFailed(run(worker(), directory.resolve("absent"), FIVE), "cannot read");
        assertFailed(run(URI.create("http://127.0.0.1:" + FreePorts.one()), file, FIVE), "no answer");
        Files.writeString(token, ArchiveWrapper.tokenFile("wrong"));
        assertFailed(run(worker(), file, FIVE), "was not taken: 401");
        Files.delete(token);
        assertFailed(run(worker(), file, FIVE), "cannot read the token");
        assertFailed(run("sh", script.toString()), "usage:");
        assertThat(pushing.archive().contains(PushedWal.name(1, 5))).isFalse();
    }

    private static String name(int number) {
        return PushedWal.name(1, number).fileName();
    }

    /// Finished segments that wait for their turn, in a folder as PostgreSQL has it.
    private Path waiting(int first, int last) throws IOException {
        Files.createDirectories(directory.resolve("pg_stat_tmp"));
        Path folder = Files.createDirectories(directory.resolve("pg_wal"));
        Path status = Files.createDirectories(folder.resolve("archive_status"));
        PushedWal wal = new PushedWal();
        for (int number = first; number <= last; number++) {
            Files.write(folder.resolve(name(number)), wal.segment(1, number));
            Files.createFile(status.resolve(name(number) + ".ready"));
        }
        return folder;
    }

    /// Where the worker was until now.
    private URI gone() {
        URI worker = worker();
        pushing.hangUp();
        return worker;
    }

    @Test
    void theNextThreeThatWaitArePushedAtTheSameTimeAndNotAgain() throws Exception {
        // Given
        Path wal = waiting(5, 9);
        Files.delete(wal.resolve("archive_status").resolve(name(7) + ".ready"));
        Files.createFile(wal.resolve("archive_status").resolve("00000002.history.ready"));
        // When
        Ended five = run(worker(), wal.resolve(FIVE), FIVE);
        // Then
        assertThat(five).isEqualTo(new Ended(0, ""));
        for (int number = 5; number <= 9; number++) {
            assertThat(pushing.archive().contains(PushedWal.name(1, number)))
                    .as(name(number))
                    .isEqualTo(number != 7);
        }
        URI gone = gone();
        for (int number : List.of(6, 8, 9)) {
            assertThat(run(gone, wal.resolve(name(number)), name(number)))
                    .as("what is stored needs no worker when its turn comes")
                    .isEqualTo(new Ended(0, ""));
        }
    }

    @Test // pitfall 1: nothing but the worker's word for this very file counts
    void aMarkCountsForTheFileThatWasPushedAndForNoOther() throws Exception {
        // Given
        Path wal = waiting(5, 8);
        run(worker(), wal.resolve(FIVE), FIVE);
        Path marks = directory.resolve("pg_stat_tmp/walkback-archive");
        String six = Files.readString(marks.resolve(name(6)));
        String eight = Files.readString(marks.resolve(name(8)));
        URI gone = gone();
        // When: the file was replaced by an equal one
        byte[] same = Files.readAllBytes(wal.resolve(name(6)));
        Files.move(wal.resolve(name(6)), directory.resolve("keeps its inode"));
        Files.write(wal.resolve(name(6)), same);
        Files.writeString(marks.resolve(name(6)), six);
        // Then
        assertFailed(run(gone, wal.resolve(name(6)), name(6)), "no answer");
        // When: the mark of another file, and one that was not finished
        Files.writeString(marks.resolve(name(7)), six);
        // Then
        assertFailed(run(gone, wal.resolve(name(7)), name(7)), "no answer");
        Files.createFile(marks.resolve(name(7)));
        assertFailed(run(gone, wal.resolve(name(7)), name(7)), "no answer");
        // And its own, but not for another worker
        Files.writeString(marks.resolve(name(8)), eight);
        URI another = URI.create("http://127.0.0.1:" + FreePorts.one());
        assertFailed(run(another, wal.resolve(name(8)), name(8)), "no answer");
        Files.writeString(marks.resolve(name(8)), eight);
        assertThat(run(gone, wal.resolve(name(8)), name(8))).isEqualTo(new Ended(0, ""));
    }

    @Test
    void whatTheWorkerRefusedHasNoMark() throws Exception {
        // Given
        Path wal = waiting(5, 6);
        Files.write(wal.resolve(name(6)), new byte[PushedWal.SIZE]);
        // When
        Ended five = run(worker(), wal.resolve(FIVE), FIVE);
        // Then: what goes wrong is said in its turn
        assertThat(five).isEqualTo(new Ended(0, ""));
        assertThat(directory.resolve("pg_stat_tmp/walkback-archive").resolve(name(6)))
                .doesNotExist();
        assertFailed(run(worker(), wal.resolve(name(6)), name(6)), "422 WAL_INVALID");
    }

    @Test
    void nothingIsPushedAheadOutsideADataDirectoryNorBeforeAnotherKindOfFile() throws Exception {
        // Given
        Path wal = waiting(5, 6);
        Files.delete(directory.resolve("pg_stat_tmp"));
        // When
        Ended five = run(worker(), wal.resolve(FIVE), FIVE);
        // Then
        assertThat(five).isEqualTo(new Ended(0, ""));
        assertThat(pushing.archive().contains(PushedWal.name(1, 6))).isFalse();
        // Given
        Files.createDirectory(directory.resolve("pg_stat_tmp"));
        Files.writeString(wal.resolve("00000002.history"), "1\t0/500000\tno recovery target specified\n");
        // When
        Ended history = run(worker(), wal.resolve("00000002.history"), "00000002.history");
        // Then
        assertThat(history).isEqualTo(new Ended(0, ""));
        assertThat(pushing.archive().contains(PushedWal.name(1, 6))).isFalse();
    }

    private void assertFailed(Ended ended, String why) {
        assertThat(ended.code()).as(ended.out()).isEqualTo(1);
        assertThat(ended.out()).contains(why).doesNotContain(pushing.token.reveal());
    }

    @ParameterizedTest // pitfall 1
    @ValueSource(strings = {"<html>It works!</html>", "{\"file\":\"" + FIVE + "\",\"bytes\":5,\"sha256\":\"\"}", ""})
    void anAnswerOf200FromSomebodyElseIsNoSuccess(String body) throws Exception {
        // Given
        HttpServer somebody = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        somebody.createContext("/", exchange -> {
            exchange.getRequestBody().transferTo(java.io.OutputStream.nullOutputStream());
            exchange.sendResponseHeaders(200, body.isEmpty() ? -1 : body.length());
            exchange.getResponseBody().write(body.getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        somebody.start();
        try {
            // When
            Ended ended = run(
                    URI.create("http://127.0.0.1:" + somebody.getAddress().getPort()),
                    segment(directory.resolve(FIVE)),
                    FIVE);
            // Then
            assertFailed(ended, "does not answer like Walkback");
        } finally {
            somebody.stop(0);
        }
    }

    @Test // P11
    void theTokenIsInNoArgument() {
        assertThat(ArchiveWrapper.command(
                        "/usr/local/bin/walkback-archive", worker(), "shop", "/etc/walkback/shop.push"))
                .isEqualTo("/usr/local/bin/walkback-archive " + worker()
                        + "/wal/shop /etc/walkback/shop.push \"%p\" \"%f\"");
        assertThat(ArchiveWrapper.script()).contains("--config \"$token\"").doesNotContain("Bearer");
    }
}
