package io.walkback.backup.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.Lsn;
import io.walkback.postgres.page.PageChecksum;
import io.walkback.postgres.page.RelationFile;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.PageFinding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class PageAuditTest {
    private static final String PATH = "base/5/16385.1";
    private static final Lsn START = new Lsn(1000);
    private static final Lsn STOP = new Lsn(2000);

    private final Deque<PageSource.Look> looks = new ArrayDeque<>();
    private final PageAudit audit = new PageAudit(START, new PageSource() {
        @Override
        public Look read(String path, long offset) {
            return looks.removeFirst();
        }

        @Override
        public void close() {}
    });

    /// A page of block 131 072 of its fork, the first of the second segment.
    private static byte[] page(long lsn, int content, boolean right) {
        byte[] page = new byte[PageChecksum.PAGE_SIZE];
        ByteBuffer fields = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
        fields.putInt(4, (int) lsn).putShort(14, (short) 8000);
        page[5000] = (byte) content;
        int sum = new PageChecksum().compute(page, 0, RelationFile.PAGES_PER_SEGMENT);
        fields.putShort(8, (short) (right ? sum : sum + 1));
        return page;
    }

    private static PageSource.Look look(byte[] page) {
        return new PageSource.Look.Page(new FileContent(page));
    }

    private BackupFacts.PageFindings findings(byte[] streamed) {
        audit.begin(PATH, RelationFile.parse(PATH).orElseThrow());
        audit.accept(streamed, 0, streamed.length);
        audit.end();
        return audit.findings(STOP);
    }

    @Test // pitfall 27
    void aPageThatStaysWrongIsCorrupt() {
        looks.add(look(page(10, 1, false)));
        BackupFacts.PageFindings findings = findings(page(10, 1, false));
        assertThat(findings.total()).isEqualTo(1);
        assertThat(findings.listed())
                .singleElement()
                .extracting(PageFinding::block)
                .isEqualTo(0L);
        assertThat(audit.suspects()).isZero();
    }

    @Test // pitfall 27
    void aPageThatIsRightOrNewerOrGoneAtTheSecondLookWasInFlight() {
        looks.add(look(page(10, 1, true)));
        assertThat(findings(page(10, 1, false)).total()).isZero();
        looks.add(look(page(1500, 2, false)));
        assertThat(findings(page(10, 1, false)).total()).isZero();
        looks.add(new PageSource.Look.Gone());
        assertThat(findings(page(10, 1, false)).total()).isZero();
        looks.add(look(new byte[PageChecksum.PAGE_SIZE]));
        assertThat(findings(page(10, 1, false)).total()).isZero();
    }

    @Test
    void aPageThatIsWrongInAnotherWayIsLookedAtAgainAndThenSuspected() {
        looks.add(look(page(10, 2, false)));
        looks.add(look(page(10, 3, false)));
        looks.add(look(page(10, 4, false)));
        assertThat(findings(page(10, 1, false)).total()).isEqualTo(1);
        assertThat(audit.suspects()).isEqualTo(1);
        assertThat(looks).isEmpty();
    }

    @Test
    void aPageThatCannotBeReadAgainIsASuspect() {
        looks.add(new PageSource.Look.NotPossible());
        assertThat(findings(page(10, 1, false)).total()).isEqualTo(1);
        assertThat(audit.suspects()).isEqualTo(1);
    }

    @Test // pitfall 27
    void anLsnFromTheFutureDoesNotHideAPage() {
        assertThat(findings(page(1999, 1, false)).total()).isZero();
        assertThat(findings(page(2001, 1, false)).listed())
                .containsExactly(new PageFinding(new io.walkback.repository.manifest.EntryPath(PATH), 0, 0, 0));
    }
}
