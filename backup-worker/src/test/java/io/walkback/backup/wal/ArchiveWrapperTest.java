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
