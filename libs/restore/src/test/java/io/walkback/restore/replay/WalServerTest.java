package io.walkback.restore.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.repository.wal.WalArchive;
import io.walkback.restore.SmallRepository;
import io.walkback.restore.plan.SegmentBytes;
import io.walkback.restore.plan.WalChain;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalServerTest {
    private static final String SEGMENT_2 = "000000010000000000000002";

    /// Short, since the path of a unix socket has 107 bytes.
    private final Path folder;

    private final SmallRepository repository;
    private final WalSupply supply;
    private final WalServer server;

    WalServerTest() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "wb-wal-");
        repository = SmallRepository.in(folder);
        repository.archive(1);
        repository.archive(2);
        WalArchive archive = repository.lineage().wal();
        WalChain chain = WalChain.follow(
                TimelineHistory.root(TimelineId.FIRST),
                new Lsn(SmallRepository.SEGMENT),
                SmallRepository.SEGMENT,
                archive::listing,
                _ -> SegmentBytes.Reach.NOTHING);
        Path walFolder = Files.createDirectory(folder.resolve("pg_wal"));
        supply = new WalSupply(archive, chain, walFolder, Optional.empty());
        server = WalServer.open(supply, walFolder, socket(), Optional.empty());
    }

    private Path socket() {
        return folder.resolve("s");
    }

    @BeforeEach
    void isReachableByItsOwnerOnly() throws IOException {
        assertThat(Files.getPosixFilePermissions(socket())).hasSize(2);
    }

    @AfterEach
    void remove() throws IOException {
        server.close();
        supply.close();
        repository.close();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private String answer(String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            channel.shutdownOutput();
            ByteBuffer in = ByteBuffer.allocate(4096);
            while (channel.read(in) >= 0) {
                // Until the server closes.
            }
            return new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII);
        }
    }

    private String status(String path) throws IOException {
        return answer("GET " + path + " HTTP/1.1\r\nHost: walkback\r\n\r\n").split(" ", 3)[1];
    }

    @Test
    void handsOutPlannedSegmentsWholeAndSaysNoneOfOthers() throws IOException {
        assertThat(status("/ping/ping")).isEqualTo("200");
        assertThat(status("/" + SEGMENT_2 + "/RECOVERYXLOG")).isEqualTo("200");
        assertThat(folder.resolve("pg_wal/RECOVERYXLOG")).hasSize(SmallRepository.SEGMENT);
        assertThat(supply.reached()).isEqualTo(new Lsn(3L * SmallRepository.SEGMENT));
        // beyond the end, of another timeline, no such history
        assertThat(status("/000000010000000000000003/RECOVERYXLOG")).isEqualTo("404");
        assertThat(status("/000000020000000000000002/RECOVERYXLOG")).isEqualTo("404");
        assertThat(supply.promotionNanos()).isZero();
        assertThat(status("/00000002.history/RECOVERYHISTORY")).isEqualTo("404");
        assertThat(supply.promotionNanos()).isNotZero();
        assertThat(server.failure()).isEmpty();
    }

    @Test
    void handsOutHistoryFiles() throws IOException {
        byte[] history = "1\t0/200000\treason\n".getBytes(StandardCharsets.UTF_8);
        repository.lineage().wal().putHistory(new TimelineId(2), history);
        assertThat(status("/00000002.history/RECOVERYHISTORY")).isEqualTo("200");
        assertThat(folder.resolve("pg_wal/RECOVERYHISTORY")).hasBinaryContent(history);
    }

    @Test // pitfall 42
    void keepsTheFirstFailureSoThatTheRestoreCanSayWhyRecoveryStopped() throws IOException {
        // Given a planned segment that has gone
        try (Stream<Path> tree = Files.walk(folder.resolve("repository"))) {
            Files.delete(
                    tree.filter(path -> path.endsWith(SEGMENT_2)).findFirst().orElseThrow());
        }
        // Then
        assertThat(status("/" + SEGMENT_2 + "/RECOVERYXLOG")).isEqualTo("500");
        assertThat(status("/nonsense/RECOVERYXLOG")).isEqualTo("500");
        PlatformException failure = server.failure().orElseThrow();
        assertThat(failure.code()).isEqualTo(FailureCode.OBJECT_MISSING);
        assertThat(failure).hasMessageContaining(SEGMENT_2);
        assertThat(folder.resolve("pg_wal/RECOVERYXLOG")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /../../etc/passwd HTTP/1.1\r\n\r\n",
                "GET /000000010000000000000002/passwd HTTP/1.1\r\n\r\n",
                "POST /000000010000000000000002/RECOVERYXLOG HTTP/1.1\r\n\r\n",
                "GET /ping/ping HTTP/1.1\r\n",
                ""
            })
    void answersNothingElse(String request) throws IOException {
        assertThat(answer(request)).startsWith("HTTP/1.0 400 ");
        assertThat(folder.resolve("pg_wal")).isEmptyDirectory();
    }

    @Test
    void isGoneOnceItIsClosed() {
        server.close();
        assertThat(socket()).doesNotExist();
        assertThatThrownBy(() -> status("/ping/ping")).isInstanceOf(IOException.class);
    }
}
