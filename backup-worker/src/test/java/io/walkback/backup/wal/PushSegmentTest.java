package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.domain.FailureCode;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.event.WalSource;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Point by point what is promised to a server that pushes its WAL.
class PushSegmentTest {
    private static final String FIVE = "000000010000000000000005";

    @TempDir
    Path directory;

    private final PushedWal wal = new PushedWal();
    private Pushing pushing;

    @BeforeEach
    void start() {
        pushing = new Pushing(directory);
    }

    @AfterEach
    void stop() {
        pushing.close();
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private byte[] stored(long number) throws IOException {
        return pushing.archive()
                .findSegment(PushedWal.name(1, number))
                .orElseThrow()
                .readAll();
    }

    @Test // P6, pitfall 1
    void aSegmentThatWasAnsweredWith200IsInTheRepositoryAndToldAsPushed() throws Exception {
        // Given
        byte[] segment = wal.segment(1, 5);
        // When
        HttpResponse<String> answer = pushing.put(FIVE, segment);
        // Then
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body().strip())
                .isEqualTo("{\"file\":\"" + FIVE + "\",\"bytes\":" + PushedWal.SIZE + ",\"sha256\":\"" + sha256(segment)
                        + "\"}");
        assertThat(stored(5)).isEqualTo(segment);
        assertThat(pushing.told(WalSegmentArchived.class)).singleElement().satisfies(told -> {
            assertThat(told.source()).isEqualTo(WalSource.PUSH);
            assertThat(told.segment()).isEqualTo(FIVE);
            assertThat(told.firstCommitAt()).isEqualTo(PushedWal.committed(5));
            assertThat(told.lastCommitAt()).isEqualTo(PushedWal.committed(5));
        });
        try (Stream<Path> left = Files.list(pushing.unpublished)) {
            assertThat(left).isEmpty();
        }
    }

    @Test // pitfall 3
    void equalContentAgainIs200() {
        // Given
        byte[] segment = wal.segment(1, 5);
        assertThat(pushing.put(FIVE, segment).statusCode()).isEqualTo(200);
        assertThat(pushing.put("000000010000000000000006", wal.segment(1, 6)).statusCode())
                .isEqualTo(200);
        // When
        HttpResponse<String> again = pushing.put(FIVE, segment);
        // Then
        assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        assertThat(pushing.told(RepositoryFinding.class)).isEmpty();
        assertThat(pushing.told(WalSegmentArchived.class))
                .extracting(told -> told.header().eventId())
                .as("a repetition is known as one")
                .hasSize(3)
                .containsOnlyOnce(
                        pushing.told(WalSegmentArchived.class).get(1).header().eventId());
    }

    @Test // F35, pitfall 2
    void differentContentIs409AndAnIncidentAndNeverAnOverwrite() throws Exception {
        // Given
        byte[] first = wal.segment(1, 5);
        assertThat(pushing.put(FIVE, first).statusCode()).isEqualTo(200);
        byte[] other = new PushedWal().segment(1, 1, 5, PushedWal.committed(5).plusSeconds(1));
        // When
        HttpResponse<String> answer = pushing.put(FIVE, other);
        // Then
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).startsWith("WAL_CONFLICT: ").contains(FIVE);
        assertThat(pushing.told(RepositoryFinding.class)).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(finding.problem().code()).isEqualTo(FailureCode.WAL_CONFLICT);
            assertThat(finding.object()).isEqualTo(FIVE);
        });
        assertThat(stored(5)).isEqualTo(first);
    }

    @Test // F36, pitfall 8
    void anotherClustersSegmentIsRefusedAtItsFirstPush() {
        // When
        HttpResponse<String> answer = pushing.put(FIVE, new PushedWal(new SystemIdentifier(4711)).segment(1, 5));
        // Then
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).startsWith("SYSTEM_IDENTIFIER_MISMATCH: ").contains("4711");
        assertThat(pushing.told(RepositoryFinding.class)).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(finding.problem().code()).isEqualTo(FailureCode.SYSTEM_IDENTIFIER_MISMATCH);
        });
        assertThat(pushing.archive().contains(PushedWal.name(1, 5))).isFalse();
    }

    @Test
    void severalSegmentsAtOnceAreAllTaken() throws Exception {
        // Given
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        List<byte[]> segments = new ArrayList<>();
        for (long number = 5; number < 11; number++) {
            segments.add(wal.segment(1, number));
        }
        // When
        for (int i = segments.size() - 1; i >= 0; i--) {
            answers.add(pushing.putting(PushedWal.name(1, 5 + i).fileName(), segments.get(i)));
        }
        // Then
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS).statusCode())
                    .as(answer.join().body())
                    .isEqualTo(200);
        }
        for (int i = 0; i < segments.size(); i++) {
            assertThat(stored(5 + i)).isEqualTo(segments.get(i));
        }
    }

    @Test
    void moreUploadsThanThereIsRoomForAreAskedToComeAgain() throws Exception {
        pushing.close();
        pushing = new Pushing(directory.resolve("narrow"), 1, PushedWal.SYSTEM);
        byte[] segment = wal.segment(1, 5);
        // Given
        try (Socket slow = upload(FIVE, segment.length)) {
            slow.getOutputStream().write(segment, 0, 300_000);
            await().atMost(Cluster.PATIENCE).until(() -> unpublished() == 1);
            // When
            HttpResponse<String> answer = pushing.put(FIVE, segment);
            // Then
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("5");
        }
        // The other upload is over without an end: nothing of it stays, and there is room again.
        await().atMost(Cluster.PATIENCE).until(() -> unpublished() == 0);
        assertThat(pushing.archive().contains(PushedWal.name(1, 5))).isFalse();
        assertThat(pushing.put(FIVE, segment).statusCode()).isEqualTo(200);
    }

    @Test
    void halfOfTheRoomIsKeptForFilesThatSomebodyWaitsFor() throws Exception {
        pushing.close();
        pushing = new Pushing(directory.resolve("narrow"), 2, PushedWal.SYSTEM);
        byte[] segment = wal.segment(1, 5);
        byte[] next = wal.segment(1, 6);
        try (Socket slow = upload(FIVE, segment.length)) {
            slow.getOutputStream().write(segment, 0, 300_000);
            await().atMost(Cluster.PATIENCE).until(() -> unpublished() == 1);
            // Then
            assertThat(pushing.putAhead(PushedWal.name(1, 6).fileName(), next).statusCode())
                    .isEqualTo(503);
            assertThat(pushing.put(FIVE, segment).statusCode()).isEqualTo(200);
        }
        await().atMost(Cluster.PATIENCE).until(() -> unpublished() == 0);
        assertThat(pushing.putAhead(PushedWal.name(1, 6).fileName(), next).statusCode())
                .isEqualTo(200);
    }

    private long unpublished() throws IOException {
        try (Stream<Path> files = Files.list(pushing.unpublished)) {
            return files.count();
        }
    }

    private Socket upload(String file, int length) throws IOException {
        Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), pushing.port());
        OutputStream out = socket.getOutputStream();
        out.write(("PUT /wal/shop/" + file + " HTTP/1.1\r\nHost: walkback\r\nAuthorization: Bearer "
                        + pushing.token.reveal() + "\r\nContent-Length: " + length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void aFileOfAnotherLengthThanTheClustersSegmentsIsRefusedUnread() {
        // When
        byte[] segment = wal.segment(1, 5);
        HttpResponse<String> shorter = pushing.put(FIVE, Arrays.copyOf(segment, segment.length - 1));
        HttpResponse<String> unknown = pushing.put(
                "shop",
                FIVE,
                HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(segment)),
                pushing.token.reveal());
        // Then
        assertThat(shorter.statusCode()).isEqualTo(400);
        assertThat(shorter.body()).contains("has 1048575 bytes").contains("1048576");
        assertThat(unknown.statusCode()).isEqualTo(411);
        assertThat(pushing.archive().contains(PushedWal.name(1, 5))).isFalse();
    }

    @Test // P11
    void onlyTheDatabasesOwnTokenLetsInAndNobodyIsToldWhichNamesThereAre() {
        byte[] segment = wal.segment(1, 5);
        String wrong = pushing.token.reveal().substring(1) + "A";
        HttpRequest.BodyPublisher content = HttpRequest.BodyPublishers.ofByteArray(segment);
        assertThat(pushing.put("shop", FIVE, content, wrong).statusCode()).isEqualTo(401);
        assertThat(pushing.put("shop", FIVE, content, null).statusCode()).isEqualTo(401);
        HttpResponse<String> stranger = pushing.put("nobody", FIVE, content, pushing.token.reveal());
        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(stranger.body())
                .isEqualTo(pushing.put("shop", FIVE, content, "").body())
                .doesNotContain(pushing.token.reveal());
        pushing.registration = pushing.registration.withPushTokenHash(null);
        assertThat(pushing.put(FIVE, segment).statusCode()).isEqualTo(401);
        assertThat(pushing.archive().contains(PushedWal.name(1, 5))).isFalse();
        assertThat(pushing.registration.toString()).doesNotContain(pushing.token.reveal());
    }

    @Test
    void aDatabaseWhosePolicyPushesNoWalIsRefused() {
        DatabaseRegistration known = pushing.registration;
        pushing.registration = new DatabaseRegistration(
                known.id(),
                known.connection(),
                known.system(),
                BackupPolicy.DEFAULT,
                known.labels(),
                known.pushTokenHash());
        HttpResponse<String> answer = pushing.put(FIVE, wal.segment(1, 5));
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).startsWith("REQUEST_CONFLICT: ").contains("--undo");
    }

    @Test // pitfall 11
    void aSegmentThatDoesNotFollowTheOneBeforeItIsNoWal() {
        // Given
        assertThat(pushing.put(FIVE, wal.segment(1, 5)).statusCode()).isEqualTo(200);
        // When
        HttpResponse<String> stranger = pushing.put("000000010000000000000006", new PushedWal().segment(1, 6));
        HttpResponse<String> successor = pushing.put("000000010000000000000006", wal.segment(1, 6));
        // Then
        assertThat(stranger.statusCode()).as(stranger.body()).isEqualTo(422);
        assertThat(stranger.body()).startsWith("WAL_INVALID: ").contains("is a record that follows");
        assertThat(pushing.told(RepositoryFinding.class))
                .singleElement()
                .satisfies(finding -> assertThat(finding.problem().code()).isEqualTo(FailureCode.WAL_INVALID));
        assertThat(successor.statusCode()).as(successor.body()).isEqualTo(200);
    }

    @Test // P3
    void aFlippedBitIsFoundOnArrival() throws Exception {
        byte[] segment = wal.segment(1, 5);
        segment[5000] ^= 1;
        HttpResponse<String> answer = pushing.put(FIVE, segment);
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("does not match its crc");
        assertThat(pushing.archive().contains(PushedWal.name(1, 5))).isFalse();
        assertThat(unpublished()).isZero();
    }

    @Test // pitfall 12
    void whatAnEarlierLifeLeftInTheSpoolIsGone() throws Exception {
        // Given
        Path left = directory.resolve("second").resolve("push").resolve("0.push");
        Files.createDirectories(left.getParent());
        Files.write(left, wal.segment(1, 5));
        // When
        try (Pushing next = new Pushing(directory.resolve("second"))) {
            // Then
            assertThat(left).doesNotExist();
            assertThat(next.archive().contains(PushedWal.name(1, 5))).isFalse();
        }
    }

    @Test
    void aClusterThatNobodyKnowsIsAskedForAndWaitedFor() {
        pushing.registration = pushing.registration.withSystem(null);
        HttpResponse<String> answer = pushing.put(FIVE, wal.segment(1, 5));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.body()).startsWith("POSTGRES_UNREACHABLE: ");
    }

    @Test
    void aPortThatIsTakenIsSaidAtTheStart() {
        PushSettings taken = new PushSettings(pushing.port(), "127.0.0.1", null, null);
        assertThatThrownBy(() -> {
                    try (PushListener second =
                            PushListener.start(taken, pushing.reception(), directory.resolve("second-http"))) {
                        assertThat(second.port()).isZero();
                    }
                })
                .hasMessageContaining("wal cannot be pushed to 127.0.0.1:" + pushing.port());
    }
}
