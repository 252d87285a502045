package io.walkback.backup.base;

import io.walkback.domain.Lsn;
import io.walkback.postgres.page.PageChecksum;
import io.walkback.postgres.page.PageChecksumVerifier;
import io.walkback.postgres.page.PageMismatch;
import io.walkback.postgres.page.PageReport;
import io.walkback.postgres.page.RelationFile;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.PageFinding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Judges the pages of relation files as they stream by, and keeps what is wrong with them.
///
/// A mismatch is read again (design: unchanged means corrupt, changed means that a write was in flight, and WAL
/// replay repeats it). Where that is not possible it stays a suspect, which counts like a corrupt page: nobody has
/// shown that it is well. A page whose LSN lies beyond the backup's end was written by nobody; it is kept until the
/// end is known. Memory: [BackupFacts.PageFindings#LISTED] findings and [#FARTHEST] positions. For one thread.
final class PageAudit {
    private static final int FARTHEST = 1000;
    private static final int LOOKS = 3;

    private enum Verdict {
        CORRUPT,
        IN_FLIGHT,
        SUSPECT
    }

    private record Newest(String path, long block, Lsn lsn) {}

    private final Lsn start;
    private final PageSource source;
    private final PageChecksumVerifier verifier;
    private final PageChecksum checksum = new PageChecksum();
    private final List<PageFinding> listed = new ArrayList<>();
    private final PriorityQueue<Newest> farthest = new PriorityQueue<>(Comparator.comparing(Newest::lsn));
    private @Nullable String path;
    private long firstBlock;
    private long total;
    private long suspects;

    /// @param start of the backup
    PageAudit(Lsn start, PageSource source) {
        this.start = start;
        this.source = source;
        this.verifier = new PageChecksumVerifier(start);
    }

    /// @param file relative to the data directory
    void begin(String file, RelationFile relation) {
        path = file;
        firstBlock = relation.firstBlock();
        verifier.begin(relation);
    }

    void accept(byte[] buffer, int offset, int length) {
        if (path != null) {
            verifier.accept(buffer, offset, length);
        }
    }

    /// Ends the file, if it is one with pages.
    void end() {
        if (path == null) {
            return;
        }
        PageReport report = verifier.finish();
        for (PageMismatch mismatch : report.first()) {
            Verdict verdict = lookAgain(path, mismatch);
            if (verdict != Verdict.IN_FLIGHT) {
                add(new PageFinding(
                        new EntryPath(path),
                        mismatch.offset() / PageChecksum.PAGE_SIZE,
                        mismatch.expected(),
                        mismatch.found()));
                suspects += verdict == Verdict.SUSPECT ? 1 : 0;
            }
        }
        long unlisted = report.mismatches() - report.first().size();
        total += unlisted;
        suspects += unlisted;
        if (report.newer() > 0) {
            farthest.add(new Newest(path, report.newestBlock() - firstBlock, report.newest()));
            if (farthest.size() > FARTHEST) {
                farthest.remove();
            }
        }
        path = null;
    }

    /// Everything that is wrong, now that the end of the backup is known.
    ///
    /// A page with an LSN beyond `stop` is listed with two zeros: its checksum was not the reason.
    BackupFacts.PageFindings findings(Lsn stop) {
        for (Newest newest : farthest) {
            if (newest.lsn().isAfter(stop)) {
                add(new PageFinding(new EntryPath(newest.path()), newest.block(), 0, 0));
            }
        }
        farthest.clear();
        return new BackupFacts.PageFindings(total, listed);
    }

    /// Of the findings, those that could not be read again.
    long suspects() {
        return suspects;
    }

    private void add(PageFinding finding) {
        total++;
        if (listed.size() < BackupFacts.PageFindings.LISTED) {
            listed.add(finding);
        }
    }

    private Verdict lookAgain(String file, PageMismatch seen) {
        for (int look = 0; look < LOOKS; look++) {
            switch (source.read(file, seen.offset())) {
                case PageSource.Look.Gone() -> {
                    return Verdict.IN_FLIGHT;
                }
                case PageSource.Look.NotPossible() -> {
                    return Verdict.SUSPECT;
                }
                case PageSource.Look.Page(FileContent content) -> {
                    byte[] bytes = content.bytes();
                    ByteBuffer page = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                    int found = Short.toUnsignedInt(page.getShort(8));
                    boolean odd = page.getShort(14) == 0;
                    int expected = odd ? 0 : checksum.compute(bytes, 0, (int) seen.block());
                    Lsn lsn = new Lsn(((long) page.getInt(0) << 32) | Integer.toUnsignedLong(page.getInt(4)));
                    if (found == seen.found() && expected == seen.expected()) {
                        return Verdict.CORRUPT;
                    }
                    if (!lsn.isBefore(start) || (!odd && found == expected) || (odd && isZero(bytes))) {
                        return Verdict.IN_FLIGHT;
                    }
                }
            }
        }
        return Verdict.SUSPECT;
    }

    private static boolean isZero(byte[] bytes) {
        for (byte each : bytes) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }
}
