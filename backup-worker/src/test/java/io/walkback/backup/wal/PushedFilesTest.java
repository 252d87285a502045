package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.Severity;
import io.walkback.repository.wal.WalPiece;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What else than segments of timeline 1 a server pushes.
class PushedFilesTest {
    private static final byte[] HISTORY =
            "1\t0/500100\tno recovery target specified\n".getBytes(StandardCharsets.UTF_8);
    private static final String BRANCH = "000000020000000000000005";

    @TempDir
    Path directory;

    private Pushing pushing;

    @BeforeEach
    void start() {
        pushing = new Pushing(directory);
    }

    @AfterEach
    void stop() {
        pushing.close();
    }

    /// The segment in which timeline 2 begins: its first page is of timeline 1 still.
    private static byte[] branch() {
        return new PushedWal().segment(2, 1, 5, PushedWal.committed(5));
    }

    private void mustBe(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    }

    @Test // pitfall 4
    void aHistoryFileIsStoredOnceAndAnotherOneUnderItsNameIsAnIncident() throws Exception {
        // When
        HttpResponse<String> first = pushing.put("00000002.history", HISTORY);
        HttpResponse<String> again = pushing.put("00000002.history", HISTORY);
        HttpResponse<String> other =
                pushing.put("00000002.history", "1\t0/520000\tno\n".getBytes(StandardCharsets.UTF_8));
        // Then
        mustBe(first, 200);
        mustBe(again, 200);
        mustBe(other, 409);
        assertThat(pushing.archive()
                        .findHistory(new TimelineId(2))
                        .orElseThrow()
                        .readAll())
                .isEqualTo(HISTORY);
        assertThat(pushing.told(RepositoryFinding.class)).singleElement().satisfies(finding -> {
            assertThat(finding.problem().code()).isEqualTo(FailureCode.WAL_CONFLICT);
            assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
        });
    }

    @Test
    void aHistoryFileThatLeadsNowhereIsRefused() {
        mustBe(pushing.put("00000002.history", "3\t0/1\tno\n".getBytes(StandardCharsets.UTF_8)), 422);
        mustBe(pushing.put("00000002.history", new byte[(1 << 20) + 1]), 400);
        assertThat(pushing.archive().histories()).isEmpty();
    }

    @Test // pitfall 7
    void aSegmentAfterABranchIsReadByTheHistoryThatCameBeforeIt() {
        // Given
        mustBe(pushing.put("00000002.history", HISTORY), 200);
        // When
        HttpResponse<String> answer = pushing.put(BRANCH, branch());
        // Then
        mustBe(answer, 200);
        assertThat(pushing.told(RepositoryFinding.class)).isEmpty();
    }

    @Test
    void aSegmentWhoseHistoryIsNotHereYetIsTakenAndTheMissingHistoryDeclaredOnce() {
        // When
        HttpResponse<String> first = pushing.put(BRANCH, branch());
        HttpResponse<String> again = pushing.put(BRANCH, branch());
        // Then
        mustBe(first, 200);
        mustBe(again, 200);
        assertThat(pushing.archive().contains(PushedWal.name(2, 5))).isTrue();
        assertThat(pushing.told(RepositoryFinding.class)).singleElement().satisfies(finding -> {
            assertThat(finding.object()).isEqualTo("00000002.history");
            assertThat(finding.problem().code()).isEqualTo(FailureCode.WAL_GAP);
        });
        // The file itself may come at any time later.
        mustBe(pushing.put("00000002.history", HISTORY), 200);
    }

    @Test
    void aSegmentOfAnotherTimelineThanItsNameSaysIsRefused() {
        mustBe(pushing.put(BRANCH, new PushedWal().segment(3, 5)), 422);
        mustBe(pushing.put("00000002.history", HISTORY), 200);
        mustBe(pushing.put(BRANCH, new PushedWal().segment(1, 5)), 422);
        mustBe(pushing.put("000000010000000000000006", new PushedWal().segment(1, 5)), 422);
        assertThat(pushing.archive().contains(PushedWal.name(2, 5))).isFalse();
    }

    @Test // pitfall 5
    void aPartialSegmentIsKeptUnderItsOwnNameAsFarAsItIsWal() throws Exception {
        // Given
        byte[] segment = new PushedWal().segment(1, 5);
        byte[] partial = segment.clone();
        Arrays.fill(partial, 2 * PushedWal.PAGE, 3 * PushedWal.PAGE, (byte) 7);
        WalSegment name = PushedWal.name(1, 5);
        // When
        HttpResponse<String> answer = pushing.put(name.fileName() + ".partial", partial);
        HttpResponse<String> again = pushing.put(name.fileName() + ".partial", partial);
        // Then
        mustBe(answer, 200);
        mustBe(again, 200);
        assertThat(pushing.archive().contains(name)).as("never as the segment").isFalse();
        Lsn end = name.start().plus(PushedWal.RECORDS_END);
        List<WalPiece> pieces = pushing.archive().pieces(name);
        assertThat(pieces).containsExactly(new WalPiece(name, name.start(), end));
        assertThat(pushing.archive().findPiece(pieces.getFirst()).orElseThrow().readAll())
                .isEqualTo(Arrays.copyOf(segment, PushedWal.RECORDS_END));
        // The whole segment may still come.
        mustBe(pushing.put(name.fileName(), segment), 200);
    }

    @Test
    void aPartialSegmentThatDoesNotBeginLikeOneIsRefused() {
        mustBe(pushing.put("000000010000000000000005.partial", new byte[PushedWal.SIZE]), 422);
        mustBe(pushing.put("000000010000000000000005.partial", new PushedWal().segment(1, 6)), 422);
        assertThat(pushing.archive().pieces(PushedWal.name(1, 5))).isEmpty();
    }

    @Test
    void aNoteAboutABaseBackupIsAcceptedAndNotKept() {
        String name = "000000010000000000000005.00000028.backup";
        byte[] note = "START WAL LOCATION: 0/500028 (file 000000010000000000000005)\n".getBytes(StandardCharsets.UTF_8);
        mustBe(pushing.put(name, note), 200);
        mustBe(pushing.put(name, "something else".getBytes(StandardCharsets.UTF_8)), 422);
        mustBe(pushing.put(name, new byte[(64 << 10) + 1]), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000001000000000000000g",
                "00000001000000000000000",
                "000000010000000000000005.gz",
                "00000000.history",
                "postgresql.conf",
                "000000000000000000000005",
                "0000000100000000FFFFFFFF",
                "%2E%2E"
            })
    void aNameThatPostgreSqlGivesNoFileIsRefused(String name) {
        assertThat(pushing.put(name, new byte[PushedWal.SIZE]).statusCode()).isBetween(400, 401);
        assertThat(pushing.told(RepositoryFinding.class)).isEmpty();
    }
}
