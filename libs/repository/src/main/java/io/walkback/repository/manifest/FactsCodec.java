package io.walkback.repository.manifest;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;
import io.walkback.repository.format.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The facts section of a manifest.
final class FactsCodec {
    private static final int HIGHEST_FIELD = 28;
    /// A reader that does not know it restores all the same.
    private static final int LOCK = Fields.OPTIONAL;

    /// The section's content.
    record Facts(
            BackupFacts facts,
            BackupStatistics statistics,
            Optional<PreviousBackup> previous,
            Optional<PromisedLock> lock) {}

    private FactsCodec() {}

    static byte[] encode(Facts section) {
        BackupFacts facts = section.facts();
        BackupFacts.WalSpan wal = facts.wal();
        BackupFacts.ControlFiles files = facts.controlFiles();
        BackupStatistics statistics = section.statistics();
        Fields.Builder fields = Fields.builder()
                .put(1, f -> f.u8(facts.origin().number()))
                .put(2, f -> f.u32(facts.server().version()))
                .put(3, f -> f.u32(facts.server().walSegmentSize()))
                .put(4, f -> f.u32(facts.server().blockSize()))
                .put(5, f -> f.u8(facts.server().dataChecksums() ? 1 : 0))
                .put(6, f -> f.u32(wal.startTimeline().value()))
                .put(7, f -> f.u64(wal.start().bytes()))
                .put(8, f -> f.u32(wal.stopTimeline().value()))
                .put(9, f -> f.u64(wal.stop().bytes()))
                .put(10, f -> f.time(facts.startedAt()))
                .put(11, f -> f.time(facts.completedAt()));
        files.backupLabel().ifPresent(label -> fields.put(16, f -> f.raw(label.bytes())));
        files.tablespaceMap().ifPresent(map -> fields.put(17, f -> f.raw(map.bytes())));
        if (!facts.isLogical()) {
            fields.put(18, f -> f.raw(files.pgControl().bytes()));
        }
        fields.put(19, f -> findings(f, facts.pageFindings()));
        section.previous()
                .ifPresent(before -> fields.put(
                        20, f -> f.text(before.id().value()).raw(before.digest().bytes())));
        fields.put(21, f -> pairs(f, facts.environment().collations()))
                .put(22, f -> pairs(f, facts.environment().extensions()))
                .put(23, f -> pairs(f, facts.environment().preloadedLibraries()));
        wal.minRecoveryPoint().ifPresent(lsn -> fields.put(24, f -> f.u64(lsn.bytes())));
        fields.put(25, f -> f.u64(statistics.bytes())
                        .u64(statistics.storedBytes())
                        .u64(statistics.newExtents())
                        .u64(statistics.reusedExtents()))
                .put(26, f -> f.u64(statistics.files()))
                .put(27, f -> f.text(facts.software()));
        facts.dump().ifPresent(dump -> fields.put(28, f -> dump(f, dump)));
        section.lock()
                .ifPresent(
                        lock -> fields.put(LOCK, f -> f.u8(number(lock.mode())).time(lock.until())));
        return fields.toByteArray();
    }

    static Facts decode(BlobKey key, byte[] bytes) {
        try {
            return decode(Fields.parse(new ByteSource(key, bytes), HIGHEST_FIELD), key);
        } catch (IllegalArgumentException impossibleValue) {
            throw Damage.corrupt(key, "impossible facts: " + impossibleValue.getMessage());
        }
    }

    private static Facts decode(Fields fields, BlobKey key) {
        BackupOrigin origin = origin(fields.get(1).u8(), key);
        BackupFacts facts = new BackupFacts(
                origin,
                new BackupFacts.Server(
                        fields.get(2).u32(),
                        fields.get(3).u32(),
                        fields.get(4).u32(),
                        fields.get(5).u8() == 1),
                new BackupFacts.WalSpan(
                        new TimelineId(fields.get(6).u32()),
                        new Lsn(fields.get(7).u64()),
                        new TimelineId(fields.get(8).u32()),
                        new Lsn(fields.get(9).u64()),
                        fields.find(24).map(f -> new Lsn(f.u64()))),
                fields.get(10).time(),
                fields.get(11).time(),
                origin == BackupOrigin.DUMP ? BackupFacts.ControlFiles.NONE : controlFiles(fields),
                findings(fields.get(19)),
                new BackupFacts.Environment(pairs(fields.get(21)), pairs(fields.get(22)), pairs(fields.get(23))),
                fields.get(27).text(),
                fields.find(28).map(FactsCodec::dump));
        ByteSource counts = fields.get(25);
        BackupStatistics statistics =
                new BackupStatistics(fields.get(26).u64(), counts.u64(), counts.u64(), counts.u64(), counts.u64());
        Optional<PreviousBackup> previous = fields.find(20)
                .map(f -> new PreviousBackup(new BackupId(f.text()), ManifestDigest.of(f.raw(ManifestDigest.BYTES))));
        return new Facts(facts, statistics, previous, fields.find(LOCK).map(f -> lock(f, key)));
    }

    /// Chosen once, never reused.
    private static int number(BlobLocks.Mode mode) {
        return switch (mode) {
            case GOVERNANCE -> 1;
            case COMPLIANCE -> 2;
        };
    }

    private static PromisedLock lock(ByteSource source, BlobKey key) {
        int number = source.u8();
        for (BlobLocks.Mode mode : BlobLocks.Mode.values()) {
            if (number(mode) == number) {
                return new PromisedLock(mode, source.time());
            }
        }
        throw Damage.unknown(key, "a lock of mode " + number);
    }

    private static BackupOrigin origin(int number, BlobKey key) {
        for (BackupOrigin origin : BackupOrigin.values()) {
            if (origin.number() == number) {
                return origin;
            }
        }
        throw Damage.unknown(key, "a backup of origin " + number);
    }

    private static BackupFacts.ControlFiles controlFiles(Fields fields) {
        return new BackupFacts.ControlFiles(
                fields.find(16).map(FactsCodec::content),
                fields.find(17).map(FactsCodec::content),
                content(fields.get(18)));
    }

    private static void dump(ByteSink sink, BackupFacts.Dump dump) {
        sink.text(dump.program())
                .text(dump.globals().value())
                .u8(dump.rolePasswords() ? 1 : 0)
                .varint(dump.dbnames().size());
        for (BackupFacts.DumpedDbname dbname : dump.dbnames()) {
            sink.text(dbname.name())
                    .u32(dbname.oid())
                    .text(dbname.archive().value())
                    .time(dbname.snapshotAt());
        }
    }

    private static BackupFacts.Dump dump(ByteSource source) {
        String program = source.text();
        EntryPath globals = new EntryPath(source.text());
        boolean rolePasswords = source.u8() == 1;
        int count = source.count(source.remaining(), "a number of dbnames");
        List<BackupFacts.DumpedDbname> dbnames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            dbnames.add(new BackupFacts.DumpedDbname(
                    source.text(), source.u32(), new EntryPath(source.text()), source.time()));
        }
        return new BackupFacts.Dump(program, globals, rolePasswords, dbnames);
    }

    private static FileContent content(ByteSource source) {
        return new FileContent(source.raw(source.remaining()));
    }

    private static void findings(ByteSink sink, BackupFacts.PageFindings findings) {
        sink.varint(findings.total()).varint(findings.listed().size());
        for (PageFinding finding : findings.listed()) {
            sink.text(finding.path().value()).varint(finding.block());
            sink.u16(finding.expected()).u16(finding.found());
        }
    }

    private static BackupFacts.PageFindings findings(ByteSource source) {
        long total = source.length("page findings");
        int count = source.count(BackupFacts.PageFindings.LISTED, "listed page findings");
        List<PageFinding> listed = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            listed.add(new PageFinding(
                    new EntryPath(source.text()), source.length("a block number"), source.u16(), source.u16()));
        }
        return new BackupFacts.PageFindings(total, listed);
    }

    private static void pairs(ByteSink sink, Map<String, String> pairs) {
        sink.varint(pairs.size());
        pairs.forEach((name, version) -> sink.text(name).text(version));
    }

    private static Map<String, String> pairs(ByteSource source) {
        int count = source.count(source.remaining(), "a number of pairs");
        Map<String, String> pairs = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            pairs.put(source.text(), source.text());
        }
        return pairs;
    }
}
