package io.walkback.restore.replay;

import io.walkback.domain.WalSegment;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.wal.WalArchive;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.SegmentBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// The WAL that makes a backup consistent, put into `pg_wal` of a copy that nobody starts here: with it the copy is
/// whole in itself, and `pg_verifybackup` accepts it without being told to look away.
public final class ShippedWal {
    private final RestorePlan plan;
    private final WalArchive archive;
    private final Optional<ServerAccount> account;

    public ShippedWal(RestorePlan plan, WalArchive archive, Optional<ServerAccount> account) {
        this.plan = plan;
        this.archive = archive;
        this.account = account;
    }

    /// Writes every segment from the backup's start to its stop.
    public void write() throws InterruptedException {
        int size = plan.wal().next().size();
        long last =
                WalSegment.endingAt(plan.timeline(), plan.consistent(), size).number();
        for (long number = Long.divideUnsigned(plan.start().bytes(), size); number <= last; number++) {
            if (Thread.interrupted()) {
                throw new InterruptedException("writing wal was interrupted");
            }
            write(plan.wal().segment(number).orElse(plan.wal().next()));
        }
    }

    private void write(WalSegment segment) {
        Path file = plan.directory().resolve("pg_wal").resolve(segment.fileName());
        try (InputStream in = SegmentBytes.open(archive, plan.wal(), segment);
                OutputStream out =
                        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            in.transferTo(out);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            if (account.isPresent()) {
                Files.setAttribute(file, "unix:uid", account.get().uid(), LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(file, "unix:gid", account.get().gid(), LinkOption.NOFOLLOW_LINKS);
            }
        } catch (IOException failure) {
            throw FileFailures.of("write", file, failure);
        }
    }
}
