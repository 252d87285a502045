package io.walkback.postgres.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import io.walkback.postgres.CountingSink;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresTarget;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Servers that are too old, fall silent, or talk nonsense.
class OddServerTest {
    private static final PostgresConnector CONNECTOR = new PostgresConnector(Duration.ofSeconds(2));
    private static final Duration SILENCE = Duration.ofMillis(600);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

    private static ReplicationConnection open(FakeServer server) {
        return ReplicationConnection.open(CONNECTOR, server.target(), "test", SILENCE);
    }

    private static void assertCode(Runnable work, FailureCode code, String part) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(PlatformException.class, fault -> assertThat(fault.code())
                        .isEqualTo(code))
                .hasMessageContaining(part);
    }

    @ParameterizedTest
    @ValueSource(strings = {"13.5", "14.20", "19.1"})
    void otherMajorsAreRefusedWithTheirVersion(String version) throws Exception {
        try (FakeServer server = new FakeServer(version, (in, out) -> in.read())) {
            assertCode(() -> open(server).close(), FailureCode.POSTGRES_VERSION, "PostgreSQL " + version);
        }
    }

    @Test
    void aServerThatAcceptsAndSaysNothingIsUnreachableInTime() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            PostgresTarget target =
                    PostgresTarget.parse("postgresql://a@127.0.0.1:" + mute.getLocalPort() + "/b?sslmode=disable");
            assertCode(
                    () -> ReplicationConnection.open(CONNECTOR, target, "test", SILENCE)
                            .close(),
                    FailureCode.POSTGRES_UNREACHABLE,
                    "connecting");
        }
    }

    @Test
    void aServerThatFallsSilentIsALostConnection() throws Exception {
        try (FakeServer server = new FakeServer("15.1", (in, out) -> in.readAllBytes());
                ReplicationConnection connection = open(server)) {
            assertCode(connection::identifySystem, FailureCode.POSTGRES_CONNECTION_LOST, "fell silent");
        }
    }

    @Test
    void anAnswerThatCannotBeReadIsAProtocolFault() throws Exception {
        try (FakeServer server = new FakeServer("15.1", (in, out) -> {
                    FakeServer.read(in, 'Q');
                    FakeServer.row(out, "42", "1", "somewhere", "");
                    FakeServer.message(out, 'Z', new byte[] {'I'});
                });
                ReplicationConnection connection = open(server)) {
            assertCode(connection::identifySystem, FailureCode.POSTGRES_PROTOCOL, "'somewhere' in column 2");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-5, 3, Integer.MAX_VALUE})
    void aMessageOfAnImpossibleLengthIsAProtocolFault(int length) throws Exception {
        try (FakeServer server = new FakeServer("15.1", (in, out) -> {
                    FakeServer.read(in, 'Q');
                    out.writeByte('D');
                    out.writeInt(length);
                    out.flush();
                    in.read();
                });
                ReplicationConnection connection = open(server)) {
            assertCode(() -> connection.show("wal_level"), FailureCode.POSTGRES_PROTOCOL, "bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"T", "CD", "Hc"})
    void aBaseBackupThatBreaksTheOrderIsAProtocolFault(String answers) throws Exception {
        try (FakeServer server = new FakeServer("15.1", (in, out) -> {
                    FakeServer.read(in, 'Q');
                    FakeServer.message(out, 'T', new byte[2]);
                    FakeServer.row(out, "0/28", "1");
                    FakeServer.message(out, 'C', new byte[1]);
                    FakeServer.message(out, 'T', new byte[2]);
                    FakeServer.message(out, 'C', new byte[1]);
                    for (int i = 0; i < answers.length(); i++) {
                        FakeServer.message(out, answers.charAt(i), new byte[1]);
                    }
                    in.read();
                });
                ReplicationConnection connection = open(server)) {
            assertCode(
                    () -> connection.baseBackup(BaseBackupOptions.fast("odd"), new CountingSink()),
                    FailureCode.POSTGRES_PROTOCOL,
                    "copying the files of a base backup");
        }
    }

    @Test
    void anIdleServerIsAskedToAnswerAndCountsAsGoneOnlyWhenItDoesNot() throws Exception {
        // Given
        BlockingQueue<ByteBuffer> statuses = new LinkedBlockingQueue<>(100);
        try (FakeServer server = new FakeServer("15.1", (in, out) -> {
                    FakeServer.read(in, 'Q');
                    FakeServer.message(out, 'W', new byte[3]);
                    wal(out, 0x100_0000L, new byte[100]);
                    int answers = 3;
                    while (true) {
                        ByteBuffer status = ByteBuffer.wrap(FakeServer.read(in, 'd'));
                        statuses.offer(status);
                        if (status.get(33) == 1 && answers-- > 0) {
                            keepalive(out, 0x100_0064L);
                        }
                    }
                });
                ReplicationConnection connection = open(server)) {
            WalStream stream = connection.walStream("s", new Lsn(0x100_0000L), TimelineId.FIRST, CLOCK);
            // When
            assertCode(
                    () -> stream.run((start, buffer, offset, length) ->
                            stream.advance(start.plus(length), start.plus(length - 40L))),
                    FailureCode.POSTGRES_CONNECTION_LOST,
                    "fell silent");
        }
        // Then
        assertThat(statuses.stream().filter(status -> status.get(33) == 1)).hasSizeGreaterThanOrEqualTo(1);
        ByteBuffer last = statuses.stream().reduce((_, later) -> later).orElseThrow();
        assertThat(last.getLong(1)).isEqualTo(0x100_0064L);
        assertThat(last.getLong(9)).isEqualTo(0x100_003CL);
        assertThat(last.getLong(17)).isZero();
        assertThat(last.getLong(25)).isEqualTo(820_540_800_000_000L);
    }

    @Test
    void aKeepaliveThatWantsAnAnswerGetsItAtOnce() throws Exception {
        BlockingQueue<Long> answered = new LinkedBlockingQueue<>(100);
        try (FakeServer server = new FakeServer("15.1", (in, out) -> {
                    FakeServer.read(in, 'Q');
                    FakeServer.message(out, 'W', new byte[3]);
                    FakeServer.read(in, 'd');
                    long before = System.nanoTime();
                    ByteBuffer content = ByteBuffer.allocate(18)
                            .put((byte) 'k')
                            .putLong(1)
                            .putLong(0)
                            .put((byte) 1);
                    FakeServer.message(out, 'd', content.array());
                    FakeServer.read(in, 'd');
                    answered.add(System.nanoTime() - before);
                });
                ReplicationConnection connection = open(server)) {
            WalStream stream = connection.walStream("s", new Lsn(0x100_0000L), TimelineId.FIRST, CLOCK);
            assertCode(
                    () -> stream.run((start, buffer, offset, length) -> {}),
                    FailureCode.POSTGRES_CONNECTION_LOST,
                    "streaming wal from 0/1000000");
            assertThat(answered.poll(5, TimeUnit.SECONDS)).isLessThan(900_000_000L);
        }
    }

    @Test
    void walWithAHoleIsAProtocolFault() throws Exception {
        try (FakeServer server = new FakeServer("15.1", (in, out) -> {
                    FakeServer.read(in, 'Q');
                    FakeServer.message(out, 'W', new byte[3]);
                    wal(out, 0x100_0000L, new byte[100]);
                    wal(out, 0x100_0065L, new byte[100]);
                    in.readAllBytes();
                });
                ReplicationConnection connection = open(server)) {
            WalStream stream = connection.walStream("s", new Lsn(0x100_0000L), TimelineId.FIRST, CLOCK);
            assertCode(
                    () -> stream.run((start, buffer, offset, length) -> {}),
                    FailureCode.POSTGRES_PROTOCOL,
                    "wal at 0/1000065 where 0/1000064 comes next");
            assertThat(stream.received()).isEqualTo(new Lsn(0x100_0064L));
        }
    }

    @Test
    void namesThatCouldSmuggleACommandAreRefused() throws Exception {
        try (FakeServer server = new FakeServer("15.1", (in, out) -> in.readAllBytes());
                ReplicationConnection connection = open(server)) {
            assertThatThrownBy(() -> connection.readSlot("a\" x")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> connection.show("a; b")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> BaseBackupOptions.fast("a\nb")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void wal(DataOutputStream out, long start, byte[] bytes) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(25 + bytes.length);
        content.put((byte) 'w')
                .putLong(start)
                .putLong(start + bytes.length)
                .putLong(0)
                .put(bytes);
        FakeServer.message(out, 'd', content.array());
    }

    private static void keepalive(DataOutputStream out, long end) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(18);
        content.put((byte) 'k').putLong(end).putLong(0).put((byte) 0);
        FakeServer.message(out, 'd', content.array());
    }
}
