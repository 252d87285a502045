package io.walkback.backup.wal;

import io.walkback.backup.event.Announcements;
import io.walkback.backup.inventory.Databases;
import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Secret;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.PushToken;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.WalSource;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import io.walkback.repository.wal.WalPiece;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes what `archive_command` pushes: checks it, makes it durable, and only then returns (pitfall 1). Any worker
/// may take any file of any database, since every write is create-if-absent. Thread-safe; an upload takes
/// some 2 MiB of memory, and where the history of its timeline is not to be had, one segment of disk.
public final class PushReception {
    /// Uploads at once: of four servers that have much to push, since `walkback-archive` pushes four at once. The
    /// others wait for a few seconds and come again.
    public static final int UPLOADS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(PushReception.class);
    private static final int BUFFER = 128 << 10;
    /// A segment may have a GiB; what is stored of an unfinished one is held in memory piece by piece.
    private static final int LONGEST_PIECE = 8 << 20;
    /// Some ten short lines.
    private static final int LONGEST_NOTE = 64 << 10;

    private static final String NOTE = "START WAL LOCATION: ";

    /// How the names of spooled uploads end.
    private static final String UPLOAD = ".push";

    /// What was made durable.
    ///
    /// @param bytes  of the file that was pushed
    /// @param sha256 of its bytes in lower-case hexadecimal; empty for what is kept otherwise than byte for byte
    public record Receipt(String file, long bytes, String sha256) {}

    private record Opened(DatabaseRegistration registration, Archiver archiver) {}

    private final Databases databases;
    private final ServerAccess servers;
    private final Clusters clusters;
    private final Announcements announcements;
    private final Clock clock;
    private final Path spools;
    private final Semaphore uploads;
    private final int keptForOthers;
    private final PushedHistories histories;
    private final BackFill backFill;
    private final PushInspection inspection = new PushInspection();
    private final Map<DatabaseId, Opened> opened = new ConcurrentHashMap<>();

    /// @param spools  a directory for uploads; what is in it can be lost
    /// @param uploads at once
    public PushReception(
            Databases databases,
            ServerAccess servers,
            Clusters clusters,
            Announcements announcements,
            Clock clock,
            Path spools,
            int uploads) {
        this.databases = databases;
        this.servers = servers;
        this.clusters = clusters;
        this.announcements = announcements;
        this.clock = clock;
        this.spools = spools;
        this.uploads = new Semaphore(uploads);
        this.keptForOthers = uploads / 2;
        this.histories = new PushedHistories(servers);
        this.backFill = new BackFill(servers, clock, spools);
        wipe(spools);
    }

    /// What an earlier life left was never reported as durable (pitfall 12).
    private static void wipe(Path spools) {
        if (!Files.isDirectory(spools)) {
            return;
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(spools, "*" + UPLOAD)) {
            for (Path upload : left) {
                Files.deleteIfExists(upload);
            }
        } catch (IOException | DirectoryIteratorException fault) {
            throw new RetryableException(
                    FailureCode.STORE_UNAVAILABLE,
                    "the worker's spool for pushed wal '" + spools + "' cannot be emptied: " + fault.getMessage(),
                    "Check its permissions: it belongs to the account of this process alone.",
                    fault);
        }
    }

    /// The registration that a token lets in; empty for a wrong token, and likewise for a name that nobody has.
    public Optional<DatabaseRegistration> admit(String database, Secret token) {
        Optional<DatabaseRegistration> registration = named(database).flatMap(databases::find);
        boolean matches = PushToken.matches(
                token, registration.map(DatabaseRegistration::pushTokenHash).orElse(null));
        return registration.filter(_ -> matches);
    }

    private static Optional<DatabaseId> named(String database) {
        try {
            return Optional.of(new DatabaseId(database));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// Makes a file durable. What cannot be is thrown, and nothing of it is kept; what is not what it claims to be,
    /// or has other content than what is there, is told as an incident first.
    ///
    /// @param length of `body`, which is not closed here
    /// @param ahead  whether nobody waits for it yet: half of the uploads are kept for those that somebody waits
    /// for
    /// @throws IOException when `body` ends before that, or its sender is gone
    public Receipt receive(DatabaseRegistration registration, String name, long length, InputStream body, boolean ahead)
            throws IOException {
        if (!registration.policy().pushWal()) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_CONFLICT,
                    "the policy of database '" + registration.id() + "' pushes no wal",
                    "Unset archive_command ('walkback wal setup " + registration.id()
                            + " --undo'), or set pushWal: true in the policy.");
        }
        PushedFile file = PushedFile.parse(name);
        if ((ahead && uploads.availablePermits() <= keptForOthers) || !uploads.tryAcquire()) {
            throw new RetryableException(
                    FailureCode.STORE_UNAVAILABLE,
                    "as many wal files are being pushed here as this worker takes at once",
                    "The server tries again by itself; where this goes on, start another backup-worker.");
        }
        try {
            Archiver archiver = archiver(registration);
            return switch (file) {
                case PushedFile.Segment segment -> segment(registration, archiver, segment, length, body);
                case PushedFile.Partial partial -> partial(registration, archiver, partial, length, body);
                case PushedFile.History history -> history(archiver, history, length, body);
                case PushedFile.BackupNote note -> note(note, length, body);
            };
        } finally {
            uploads.release();
        }
    }

    /// Of the registered cluster; its server is asked only while the repository does not know it (F36).
    private Archiver archiver(DatabaseRegistration registration) {
        Opened known = opened.get(registration.id());
        if (known != null && known.registration().equals(registration)) {
            return known.archiver();
        }
        LineageRepository lineage =
                clusters.known(registration).orElseGet(() -> opened(registration, servers.identify(registration)));
        Archiver archiver = new Archiver(lineage, lineage, WalSource.PUSH, announcements, clock);
        opened.put(registration.id(), new Opened(registration, archiver));
        return archiver;
    }

    private LineageRepository opened(DatabaseRegistration registration, ServerFacts server) {
        try {
            return clusters.open(registration, server);
        } catch (OperatorActionException stranger) {
            if (stranger.code() == FailureCode.SYSTEM_IDENTIFIER_MISMATCH) {
                announcements.tell(Archiver.finding(
                        registration.id(),
                        server.systemIdentifier(),
                        Severity.CRITICAL,
                        "wal of " + registration.id(),
                        stranger,
                        clock.instant()));
            }
            throw stranger;
        }
    }

    /// What comes is checked and goes to the store as it comes; what is not good, or does not come to its end, is
    /// never published there.
    private Receipt segment(
            DatabaseRegistration registration,
            Archiver archiver,
            PushedFile.Segment file,
            long length,
            InputStream body)
            throws IOException {
        WalSegment segment = PushedFile.segment(file.name(), archiver.segmentSize());
        requireLength(file, length, archiver.segmentSize());
        Optional<TimelineHistory> known =
                incidentsTold(archiver, file, () -> histories.known(registration, archiver, segment.timeline()));
        WalObject stored;
        if (known.isPresent()) {
            stored = sealed(registration, archiver, file, segment, known.get(), body);
        } else {
            try (SegmentSpool spool = spooled(file, length, archiver.segmentSize(), body)) {
                TimelineHistory shown = PushedHistories.shown(segment, spool.read());
                stored = sealed(registration, archiver, file, segment, shown, spool.read());
            }
        }
        KillPoint.at(KillPoint.WAL_PUSH_STORED);
        return new Receipt(file.name(), length, stored.sha256());
    }

    private WalObject sealed(
            DatabaseRegistration registration,
            Archiver archiver,
            PushedFile.Segment file,
            WalSegment segment,
            TimelineHistory history,
            InputStream body)
            throws IOException {
        try {
            PushInspection.Passing content = inspection.passing(archiver, history, segment, body);
            return incidentsTold(archiver, file, () -> {
                WalObject sealed = archiver.seal(segment, content, content::summary);
                backFill.arrived(registration, archiver, history);
                return sealed;
            });
        } catch (UncheckedIOException gone) {
            throw gone.getCause();
        } catch (PlatformException refused) {
            // A sender that is not listened to any more gets no answer.
            body.transferTo(OutputStream.nullOutputStream());
            throw refused;
        }
    }

    /// Kept under a name of its own, as far as it is WAL, and never as the segment (pitfall 5).
    private Receipt partial(
            DatabaseRegistration registration,
            Archiver archiver,
            PushedFile.Partial file,
            long length,
            InputStream body)
            throws IOException {
        WalSegment segment = PushedFile.segment(file.segmentName(), archiver.segmentSize());
        try (SegmentSpool spool = spooled(file, length, archiver.segmentSize(), body)) {
            return incidentsTold(archiver, file, () -> {
                TimelineHistory history = histories.of(registration, archiver, segment, spool);
                Lsn end = inspection.reach(archiver, history, segment, spool);
                for (Lsn from = segment.start(); from.isBefore(end); ) {
                    int take = (int) Math.min(end.minus(from), LONGEST_PIECE);
                    archiver.keep(
                            new WalPiece(segment, from, from.plus(take)),
                            spool.read(from.minus(segment.start()), take));
                    from = from.plus(take);
                }
                return new Receipt(file.name(), length, "");
            });
        }
    }

    private static Receipt history(Archiver archiver, PushedFile.History file, long length, InputStream body)
            throws IOException {
        byte[] content = whole(file, length, WalArchive.LONGEST_HISTORY, body);
        return incidentsTold(archiver, file, () -> {
            var _ = TimelineHistory.parse(file.timeline(), content);
            archiver.history(file.timeline(), content);
            String sha256 = archiver.archive()
                    .findHistory(file.timeline())
                    .map(WalObject::sha256)
                    .orElseThrow(() -> new IllegalStateException(file.name() + " is not there after it was put"));
            return new Receipt(file.name(), length, sha256);
        });
    }

    /// Not kept: it says where a base backup began and ended, and a backup's manifest says that (docs/adr/0020).
    private static Receipt note(PushedFile.BackupNote file, long length, InputStream body) throws IOException {
        String text = new String(whole(file, length, LONGEST_NOTE, body), StandardCharsets.UTF_8);
        if (!text.startsWith(NOTE)) {
            throw new CorruptDataException(
                    FailureCode.WAL_INVALID,
                    "what was pushed as '" + file.name() + "' does not begin with '" + NOTE.strip() + "'",
                    "See what that file in pg_wal is.");
        }
        return new Receipt(file.name(), length, "");
    }

    private static byte[] whole(PushedFile file, long length, int most, InputStream body) throws IOException {
        if (length > most) {
            throw wrongLength(file, length, "at most " + most);
        }
        byte[] content = body.readNBytes((int) length);
        requireAll(file, content.length, length);
        return content;
    }

    private SegmentSpool spooled(PushedFile file, long length, int wanted, InputStream body) throws IOException {
        requireLength(file, length, wanted);
        SegmentSpool spool = new SegmentSpool(spools.resolve(UUID.randomUUID() + UPLOAD));
        try {
            byte[] buffer = new byte[BUFFER];
            long got = 0;
            int read;
            do {
                read = body.readNBytes(buffer, 0, (int) Math.min(BUFFER, length - got));
                spool.append(buffer, 0, read);
                got += read;
            } while (read == BUFFER);
            requireAll(file, got, length);
            return spool;
        } catch (IOException | RuntimeException fault) {
            spool.close();
            throw fault;
        }
    }

    private static void requireLength(PushedFile file, long length, int wanted) {
        if (length != wanted) {
            throw wrongLength(file, length, "" + wanted);
        }
    }

    private static void requireAll(PushedFile file, long got, long length) throws IOException {
        if (got != length) {
            throw new IOException("'" + file.name() + "' ended after " + got + " of " + length + " bytes");
        }
    }

    private static OperatorActionException wrongLength(PushedFile file, long length, String wanted) {
        return new OperatorActionException(
                FailureCode.REQUEST_INVALID,
                "'" + file.name() + "' has " + length + " bytes, and such a file of this cluster has " + wanted,
                "See whether this archive_command belongs to that cluster, and whether the file is whole.");
    }

    private interface Work<T> {
        T run();
    }

    /// Damage is told here; other content under a taken name is told where it is found out.
    private static <T> T incidentsTold(Archiver archiver, PushedFile file, Work<T> work) {
        try {
            return work.run();
        } catch (CorruptDataException invalid) {
            archiver.tell(
                    invalid.code() == FailureCode.SYSTEM_IDENTIFIER_MISMATCH ? Severity.CRITICAL : Severity.ERROR,
                    file.name(),
                    invalid);
            throw invalid;
        } catch (PlatformException fault) {
            LOG.atWarn()
                    .addKeyValue("file", file.name())
                    .addKeyValue("failureCode", fault.code())
                    .log("pushed wal file not stored: {}", fault.text());
            throw fault;
        }
    }
}
