package io.walkback.restore.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.embedded.ServerAccount;
import io.walkback.restore.client.AskForWal;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The exit codes that PostgreSQL acts on, with both clients and every answer (pitfall 42).
class WrapperIT {
    /// Short: the path of a unix socket has 107 bytes, and the build's own temporary folder may be deep.
    private final Path folder;

    WrapperIT() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "wb-wrap-");
    }

    @AfterEach
    void removeFolder() throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "curl, 200, 0", "curl, 404, 1", "curl, 500, 203", "curl, 400, 203", "curl, cut, 202", "curl, gone, 202",
        "java, 200, 0", "java, 404, 1", "java, 500, 202", "java, 400, 202", "java, cut, 202", "java, gone, 202",
        "nojava, 404, 202"
    })
    void pitfall42SaysNotThereOnlyWhenItWasTold(String client, String answer, int expected) throws Exception {
        // Given
        RunDirectory run = new RunDirectory(folder);
        Optional<ServerAccount> account = ServerAccount.forThisProcess();
        run.create(account);
        Wrapper wrapper = new Wrapper(run, account);
        String script = client.equals("curl") ? wrapper.curl("/usr/bin/curl") : wrapper.java();
        boolean worked;
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(run.walSocket()));
            Files.setAttribute(run.walSocket(), "unix:mode", 0777);
            Thread.ofVirtual().start(() -> answer(server, "200"));
            worked = wrapper.worksWith(script);
        }
        Files.deleteIfExists(run.walSocket());
        if (client.equals("nojava")) {
            Files.delete(run.client().resolve(AskForWal.class.getName().replace('.', '/') + ".class"));
        }
        // When
        int code;
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            if (!answer.equals("gone")) {
                server.bind(UnixDomainSocketAddress.of(run.walSocket()));
                Thread.ofVirtual().start(() -> answer(server, answer));
            }
            Process process = new ProcessBuilder(run.wrapper().toString(), "0".repeat(24), "pg_wal/RECOVERYXLOG")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            code = process.exitValue();
        }
        // Then
        assertThat(worked).isTrue();
        assertThat(code).isEqualTo(expected);
    }

    private static void answer(ServerSocketChannel server, String answer) {
        try (SocketChannel client = server.accept()) {
            client.read(ByteBuffer.allocate(4096));
            if (!answer.equals("cut")) {
                client.write(ByteBuffer.wrap(("HTTP/1.0 " + answer + " walkback\r\nContent-Length: 0\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (IOException closing) {
            throw new IllegalStateException(closing);
        }
    }
}
