package io.walkback.restore.proof;

import io.walkback.domain.Lsn;
import io.walkback.domain.Text;
import io.walkback.postgres.control.ControlFile;
import io.walkback.postgres.page.PageChecksumVerifier;
import io.walkback.postgres.page.PageReport;
import io.walkback.postgres.page.RelationFile;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.TablespacePlan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The page checksums of every fork of every relation, in a stopped copy. A cluster without checksums has none to
/// compare, which is said and is no pass of anything.
final class PageCheck {
    static final String NAME = "pages";

    private static final int BUFFER = 256 << 10;
    /// Above every position: each page is judged.
    private static final Lsn JUDGE_ALL = new Lsn(-1);

    private final RestorePlan plan;
    private final PageChecksumVerifier verifier = new PageChecksumVerifier(JUDGE_ALL);
    private final byte[] buffer = new byte[BUFFER];
    private final Omissions omitted = new Omissions();
    private @Nullable CheckOutcome fault;
    private long files;
    private long pages;

    PageCheck(RestorePlan plan) {
        this.plan = plan;
    }

    /// Reads everything; the first page that does not match ends it.
    CheckOutcome run() throws InterruptedException {
        try {
            byte[] control = Files.readAllBytes(plan.directory().resolve("global/pg_control"));
            if (!ControlFile.parse(control).dataChecksums()) {
                omitted.add("page checksums: this cluster was made without them");
                return CheckOutcome.passed(NAME, omitted, Map.of());
            }
            walk(plan.directory(), "");
            for (TablespacePlan tablespace : plan.tablespaces()) {
                walk(tablespace.to(), "pg_tblspc/" + tablespace.name() + "/");
            }
        } catch (IOException failure) {
            throw FileFailures.of("read the pages of", plan.directory(), failure);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("the reading of pages was broken off");
        }
        if (fault != null) {
            return fault;
        }
        return pages == 0
                ? CheckOutcome.unproven(NAME, "there was no page to check", null)
                : CheckOutcome.passed(NAME, omitted, Map.of("files", files, "pages", pages));
    }

    private void walk(Path root, String prefix) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String path = prefix + root.relativize(file);
                Optional<RelationFile> relation = RelationFile.parse(path);
                if (relation.isPresent() && attributes.isRegularFile()) {
                    read(file, path, relation.get());
                }
                return fault != null || Thread.currentThread().isInterrupted()
                        ? FileVisitResult.TERMINATE
                        : FileVisitResult.CONTINUE;
            }
        });
    }

    private void read(Path file, String path, RelationFile relation) throws IOException {
        verifier.begin(relation);
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                verifier.accept(buffer, 0, count);
            }
        }
        PageReport report = verifier.finish();
        files++;
        pages += report.pages();
        if (!report.clean()) {
            fault = CheckOutcome.failed(
                    NAME,
                    report.mismatches() + " pages do not match their checksum, the first is block "
                            + report.first().getFirst().block(),
                    Text.printable(path, 200));
        }
    }
}
