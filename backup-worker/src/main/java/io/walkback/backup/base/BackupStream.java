package io.walkback.backup.base;

import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.OperatorActionException;
import io.walkback.operations.Attempt;
import io.walkback.postgres.replication.BaseBackupSink;
import io.walkback.postgres.replication.BaseBackupStart;
import io.walkback.postgres.replication.TablespaceInfo;
import io.walkback.postgres.tar.TarReader;
import io.walkback.repository.backup.BackupWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the server sends, on its way into the repository: one strict tar reader per archive, then the server's
/// manifest. For one thread; the server waits while a call runs.
final class BackupStream implements BaseBackupSink {
    private static final String BASE = "base.tar";

    private final Attempt attempt;
    private final BackupWriter writer;
    private final ControlCopies copies;
    private final ServerManifest manifest;
    private final Function<BaseBackupStart, @Nullable PageAudit> audits;
    private final Map<String, String> links = new HashMap<>();
    private @Nullable BaseBackupStart start;
    private @Nullable PageAudit audit;
    private @Nullable TarReader archive;
    private @Nullable Long total;

    /// @param audits makes the page audit once the start position is known; null for a cluster without checksums
    BackupStream(
            Attempt attempt,
            BackupWriter writer,
            ControlCopies copies,
            ServerManifest manifest,
            Function<BaseBackupStart, @Nullable PageAudit> audits) {
        this.attempt = attempt;
        this.writer = writer;
        this.copies = copies;
        this.manifest = manifest;
        this.audits = audits;
    }

    @Override
    public void started(BaseBackupStart begun) {
        KillPoint.at(KillPoint.BACKUP_STARTED);
        start = begun;
        audit = audits.apply(begun);
        long kilobytes = begun.baseKilobytes();
        for (TablespaceInfo tablespace : begun.tablespaces()) {
            if (!tablespace.location().startsWith("/")) {
                throw new OperatorActionException(
                        FailureCode.NOT_SUPPORTED,
                        "tablespace " + tablespace.oid() + " lies inside the data directory, at '"
                                + tablespace.location() + "'",
                        "That is a developer's option of PostgreSQL (allow_in_place_tablespaces); move its tables to"
                                + " another tablespace and drop it.");
            }
            links.put("pg_tblspc/" + tablespace.oid(), tablespace.location());
            writer.tablespace((int) tablespace.oid(), tablespace.location());
            kilobytes += tablespace.kilobytes();
        }
        total = begun.baseKilobytes() < 0 ? null : kilobytes << 10;
        progress(0);
    }

    @Override
    public void archiveStarted(String name, String tablespace) {
        String prefix = "";
        if (!name.equals(BASE)) {
            String oid = name.endsWith(".tar") ? name.substring(0, name.length() - 4) : name;
            if (!links.containsKey("pg_tblspc/" + oid)) {
                throw new OperatorActionException(
                        FailureCode.POSTGRES_PROTOCOL,
                        "the server sends an archive of tablespace '" + oid + "', which it has not named",
                        "Check that the address is PostgreSQL itself.");
            }
            prefix = "pg_tblspc/" + oid + "/";
        }
        archive = new TarReader(name, new ArchiveEntries(prefix, links, writer, copies, audit));
    }

    @Override
    public void archiveData(byte[] buffer, int offset, int length) {
        current().accept(buffer, offset, length);
    }

    @Override
    public void archiveEnded() {
        current().finish();
        archive = null;
    }

    @Override
    public void manifestStarted() {}

    @Override
    public void manifestData(byte[] buffer, int offset, int length) {
        manifest.append(buffer, offset, length);
    }

    @Override
    public void manifestEnded() {}

    @Override
    public void progress(long bytes) {
        attempt.progress("copying", bytes, total, start == null ? null : start.start());
    }

    /// The audit of this stream's pages; null where there are no checksums, or nothing was sent yet.
    @Nullable
    PageAudit audit() {
        return audit;
    }

    private TarReader current() {
        if (archive == null) {
            throw new IllegalStateException("data outside an archive");
        }
        return archive;
    }
}
