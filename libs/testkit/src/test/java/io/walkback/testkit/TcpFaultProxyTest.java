package io.walkback.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpFaultProxyTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private ServerSocket server;
    private TcpFaultProxy proxy;

    @BeforeEach
    void startAnEchoServerBehindTheProxy() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
        proxy = TcpFaultProxy.to("127.0.0.1", server.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void passesEverythingWhenThereIsNoFault() throws IOException {
        try (Socket client = connect()) {
            assertThat(echo(client, "hello")).isEqualTo("hello");
            assertThat(proxy.passed(FlowDirection.TO_SERVER)).isEqualTo(5);
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        await().atMost(DEADLINE).until(() -> proxy.connections() == 0);
        assertThat(proxy.passed(FlowDirection.TO_CLIENT)).isEqualTo(5);
    }

    @Test
    void delaysAndThrottlesUntilItIsHealed() throws IOException {
        try (Socket client = connect()) {
            // Given
            proxy.delay(Duration.ofMillis(150));
            // When, Then: there and back
            assertThat(millisFor(client, "x")).isGreaterThanOrEqualTo(300);
            proxy.heal();
            proxy.throttle(1_000);
            assertThat(millisFor(client, "y".repeat(200))).isGreaterThanOrEqualTo(400);
            proxy.heal();
            assertThat(echo(client, "z")).isEqualTo("z");
        }
    }

    @Test
    void aFrozenNetworkAnswersNothingAndLosesNothing() throws IOException {
        try (Socket client = connect()) {
            // Given
            assertThat(echo(client, "before")).isEqualTo("before");
            proxy.freeze();
            client.setSoTimeout(200);
            // When, Then
            assertThatThrownBy(() -> echo(client, "during")).isInstanceOf(SocketTimeoutException.class);
            proxy.heal();
            client.setSoTimeout(10_000);
            assertThat(read(client.getInputStream(), 6)).isEqualTo("during");
        }
    }

    @Test
    void flipsOneBitOfOneByteAndSaysThatItDid() throws IOException {
        try (Socket client = connect()) {
            // Given
            proxy.flip(FlowDirection.TO_SERVER, 7);
            assertThat(echo(client, "12345")).isEqualTo("12345");
            assertThat(proxy.flipped()).isFalse();
            // When, Then
            assertThat(echo(client, "aaaaa")).isEqualTo("aa`aa");
            assertThat(proxy.flipped()).isTrue();
            assertThat(echo(client, "aaaaa")).isEqualTo("aaaaa");
        }
    }

    @Test
    void cutEndsConnectionsAndResetTearsThemDown() throws IOException {
        try (Socket client = connect()) {
            assertThat(echo(client, "up")).isEqualTo("up");
            proxy.cut();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        try (Socket client = connect()) {
            assertThat(echo(client, "up")).isEqualTo("up");
            proxy.reset();
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void refusesNewConnectionsAndKeepsOldOnes() throws IOException {
        try (Socket old = connect()) {
            assertThat(echo(old, "up")).isEqualTo("up");
            proxy.refuse();
            try (Socket late = connect()) {
                assertThat(late.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(echo(old, "still up")).isEqualTo("still up");
        }
        assertThatThrownBy(() -> proxy.throttle(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aServerThatIsAwayIsAClosedConnection() throws IOException {
        // Given a port that nobody ever accepted on: closing a listener under a virtual thread that waits in accept
        // takes effect only once that thread has run, and until then connections are still served
        ServerSocket away = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        away.close();
        try (TcpFaultProxy toNobody = TcpFaultProxy.to("127.0.0.1", away.getLocalPort());
                Socket client = connect(toNobody)) {
            // When, Then
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    private Socket connect() throws IOException {
        return connect(proxy);
    }

    private static Socket connect(TcpFaultProxy proxy) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        client.setSoTimeout(10_000);
        return client;
    }

    private static long millisFor(Socket client, String text) throws IOException {
        long start = System.nanoTime();
        assertThat(echo(client, text)).isEqualTo(text);
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    private static String echo(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return read(client.getInputStream(), text.length());
    }

    private static String read(InputStream in, int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                Thread.ofVirtual().start(() -> echoAll(connection));
            } catch (IOException _) {
                // Closed: the condition of the loop tells.
            }
        }
    }

    private static void echoAll(Socket connection) {
        try (connection) {
            connection.getInputStream().transferTo(connection.getOutputStream());
        } catch (IOException _) {
            // The fault under test reached the server.
        }
    }
}
