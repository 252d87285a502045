package io.walkback.backup.base;

import io.walkback.backup.event.Announcements;
import io.walkback.backup.event.EventIds;
import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.Severity;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.backup.BackupCommit;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.PageFinding;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells about damaged pages in the source: an incident, not a line in a log (pitfall 28).
final class PageFindingNews {
    private PageFindingNews() {}

    static void tell(
            Announcements announcements,
            Clock clock,
            LineageRepository lineage,
            BackupCommit commit,
            @Nullable PageAudit audit) {
        BackupFacts.PageFindings findings = commit.summary().facts().pageFindings();
        if (findings.total() == 0) {
            return;
        }
        BackupId backup = commit.summary().id();
        // An adopted manifest is another attempt's, whose second looks are not known here.
        long suspects = commit.adopted() || audit == null ? findings.total() : audit.suspects();
        PageFinding first =
                findings.listed().isEmpty() ? null : findings.listed().getFirst();
        String where = first == null ? "" : ", the first is block " + first.block() + " of '" + first.path() + "'";
        String findingId = "page-checksum/" + backup;
        announcements.tell(new RepositoryFinding(
                EventIds.header("repository-finding", lineage.lineage().database(), findingId, clock.instant()),
                findingId,
                suspects == findings.total() ? Severity.ERROR : Severity.CRITICAL,
                new Problem(
                        FailureCode.PAGE_CHECKSUM,
                        findings.total() + " pages of the source do not match their checksum (" + suspects
                                + " of them could not be read again)" + where,
                        "The source is damaged: keep the last backup without findings, and check the server's disk."),
                commit.summary().manifest().value(),
                List.of(backup)));
    }
}
