package io.walkback.restore.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskForWalTest {
    /// Short, since the path of a unix socket has 107 bytes.
    private final Path folder;

    private final Path socket;

    AskForWalTest() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "wb-ask-");
        socket = folder.resolve("s");
    }

    @AfterEach
    void remove() throws IOException {
        Files.deleteIfExists(socket);
        Files.delete(folder);
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.0 200 ok, 0", "HTTP/1.0 404 none, 44", "HTTP/1.0 500 fault, 203", "HTTP/1.0 20, 203", "'', 203"
    })
    void pitfall42SaysNoneOnlyWhenItWasTold(String answer, int code) throws Exception {
        CompletableFuture<String> request = new CompletableFuture<>();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofVirtual().start(() -> answer(server, answer, request));
            assertThat(AskForWal.ask(socket.toString(), "00000002.history", "RECOVERYHISTORY"))
                    .isEqualTo(code);
        }
        assertThat(request.get(20, TimeUnit.SECONDS))
                .isEqualTo("GET /00000002.history/RECOVERYHISTORY HTTP/1.0\r\n\r\n");
    }

    @Test
    void pitfall42CannotTellWhenNobodyListens() {
        assertThat(AskForWal.ask(socket.toString(), "0".repeat(24), "RECOVERYXLOG"))
                .isEqualTo(203);
    }

    private static void answer(ServerSocketChannel server, String answer, CompletableFuture<String> request) {
        try (SocketChannel client = server.accept()) {
            ByteBuffer in = ByteBuffer.allocate(4096);
            client.read(in);
            request.complete(new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII));
            client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException failure) {
            request.completeExceptionally(failure);
        }
    }
}
