package io.walkback.postgres.replication;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Drives one `BASE_BACKUP` of PostgreSQL 15 or newer from command to ReadyForQuery. Faults name the phase: a
/// checkpoint that takes too long is another matter than a copy that stalls.
///
/// ```
/// T D C          start position, timeline
/// T D* C         tablespaces; the data directory has no oid
/// H              CopyOut: every 'd' begins with a letter
///   n name path  a new archive          d bytes   of the archive, or of the manifest
///   m            the manifest follows   p int64   progress
/// c              CopyDone
/// T D C          stop position, timeline
/// C Z
/// ```
final class BaseBackupStream {
    private final Wire wire;
    private final BaseBackupSink sink;
    private Part part = Part.NOTHING;

    private enum Part {
        NOTHING,
        ARCHIVE,
        MANIFEST
    }

    BaseBackupStream(Wire wire, BaseBackupSink sink) {
        this.wire = wire;
        this.sink = sink;
    }

    BaseBackupEnd run(BaseBackupOptions options, Duration silenceLimit) {
        wire.doing("waiting for the checkpoint that a base backup begins with");
        wire.silenceLimit(options.checkpointLimit());
        wire.command(options.command());
        Position start = position();
        wire.doing("copying the files of a base backup");
        wire.silenceLimit(silenceLimit);
        BaseBackupStart begun = tablespaces(start);
        sink.started(begun);
        wire.expect('H');
        while (wire.next() == 'd') {
            copyData();
        }
        if (wire.type() != 'c') {
            throw wire.unexpected("message '" + wire.type() + "' in the midst of the copy");
        }
        if (part != Part.MANIFEST) {
            throw wire.unexpected("the copy ended without a manifest");
        }
        sink.manifestEnded();
        wire.doing("waiting for the end of a base backup");
        Position stop = position();
        wire.expect('C');
        wire.expect('Z');
        if (!stop.timeline().equals(start.timeline())) {
            throw wire.unexpected("a stop on timeline " + stop.timeline() + " after a start on " + start.timeline());
        }
        return new BaseBackupEnd(start.lsn(), stop.lsn(), stop.timeline());
    }

    private record Position(Lsn lsn, TimelineId timeline) {}

    private Position position() {
        wire.expect('T');
        wire.expect('D');
        Row row = wire.row();
        wire.expect('C');
        return new Position(row.lsn(0), row.timeline(1));
    }

    private BaseBackupStart tablespaces(Position start) {
        wire.expect('T');
        List<TablespaceInfo> tablespaces = new ArrayList<>();
        long baseKilobytes = -1;
        while (wire.next() == 'D') {
            Row row = wire.row();
            long kilobytes = row.isNull(2) ? -1 : row.number(2);
            if (row.isNull(0)) {
                baseKilobytes = kilobytes;
            } else {
                tablespaces.add(new TablespaceInfo(row.number(0), row.text(1), kilobytes));
            }
        }
        if (wire.type() != 'C') {
            throw wire.unexpected("message '" + wire.type() + "' in the list of tablespaces");
        }
        return new BaseBackupStart(start.lsn(), start.timeline(), tablespaces, baseKilobytes);
    }

    private void copyData() {
        char kind = (char) wire.byteAt(0);
        switch (kind) {
            case 'd' -> data(wire.payload(), wire.start() + 1, wire.length() - 1);
            case 'n' -> {
                endArchive();
                byte[] name = wire.zeroEndedAt(1);
                byte[] path = wire.zeroEndedAt(name.length + 2);
                part = Part.ARCHIVE;
                sink.archiveStarted(new String(name, StandardCharsets.UTF_8), new String(path, StandardCharsets.UTF_8));
            }
            case 'm' -> {
                endArchive();
                part = Part.MANIFEST;
                sink.manifestStarted();
            }
            case 'p' -> sink.progress(wire.longAt(1));
            default -> throw wire.unexpected("copy data of kind '" + kind + "'");
        }
    }

    private void data(byte[] buffer, int offset, int length) {
        switch (part) {
            case ARCHIVE -> sink.archiveData(buffer, offset, length);
            case MANIFEST -> sink.manifestData(buffer, offset, length);
            case NOTHING -> throw wire.unexpected("data before the first archive");
        }
    }

    private void endArchive() {
        switch (part) {
            case ARCHIVE -> sink.archiveEnded();
            case MANIFEST -> throw wire.unexpected("something after the manifest");
            case NOTHING -> {}
        }
    }
}
