package io.walkback.repository.testing;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupCommit;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.FileKind;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.repository.manifest.PageFinding;
import io.walkback.repository.seal.DataKey;
import io.walkback.repository.seal.LocalKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/// A small database, and the shortest way to back it up and read it back.
public final class Samples {
    public static final Instant NOW = Instant.parse("2026-03-01T02:00:00Z");
    public static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    public static final DatabaseId SHOP = new DatabaseId("shop");
    public static final SystemIdentifier SYSTEM = new SystemIdentifier(7_300_000_000_000_000_001L);
    public static final ClusterGeometry GEOMETRY = new ClusterGeometry(1 << 20, 8192);
    public static final EntryAttributes ATTRIBUTES =
            new EntryAttributes(0600, 26, 26, "postgres", "postgres", NOW.minusSeconds(60));
    public static final byte[] LABEL = "START WAL LOCATION: 0/2000028\n".getBytes(StandardCharsets.US_ASCII);
    public static final byte[] CONTROL = noise(8192, 99);

    /// The key-encryption key of encrypted samples.
    public static final LocalKeys KEYS = new LocalKeys("the samples", List.of(new DataKey(noise(32, 7))));

    private Samples() {}

    public static LineageRepository lineage(BlobStore store) {
        return lineage(store, false);
    }

    public static LineageRepository lineage(BlobStore store, boolean sealed) {
        Repository repository = sealed ? Repository.init(store, CLOCK, KEYS) : Repository.init(store, CLOCK);
        return repository.forWriting(SHOP, SYSTEM, GEOMETRY);
    }

    public static Repository open(BlobStore store, boolean sealed) {
        return Repository.open(store, CLOCK, sealed ? Optional.of(KEYS) : Optional.empty());
    }

    public static byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /// Bytes that compress well.
    public static byte[] prose(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ("walkback " + seed).charAt(i % 10);
        }
        return bytes;
    }

    public static Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("backup_label", LABEL);
        files.put("PG_VERSION", "15\n".getBytes(StandardCharsets.US_ASCII));
        files.put("base/1/1249", prose(3 * (1 << 20) + 8192, 1));
        files.put("base/1/2000", noise(400_000, 2));
        files.put("base/1/2001", new byte[0]);
        files.put("base/1/2002", new byte[2 << 20]);
        files.put("global/pg_control", CONTROL);
        files.put("backup_manifest", prose(500, 3));
        return files;
    }

    /// A copy of one of [#files].
    public static byte[] file(String path) {
        byte[] content = files().get(path);
        if (content == null) {
            throw new AssertionError("no file " + path);
        }
        return content.clone();
    }

    public static BackupFacts facts() {
        return new BackupFacts(
                BackupOrigin.SERVER,
                new BackupFacts.Server(150_019, 1 << 20, 8192, true),
                new BackupFacts.WalSpan(
                        TimelineId.FIRST,
                        Lsn.parse("0/2000028"),
                        TimelineId.FIRST,
                        Lsn.parse("0/2000138"),
                        Optional.empty()),
                NOW.minusSeconds(30),
                NOW,
                new BackupFacts.ControlFiles(
                        Optional.of(new FileContent(LABEL)), Optional.empty(), new FileContent(CONTROL)),
                new BackupFacts.PageFindings(
                        7, List.of(new PageFinding(new EntryPath("base/1/1249"), 3, 0xBEEF, 0xDEAD))),
                new BackupFacts.Environment(
                        Map.of("en_US", "2.36"), Map.of("amcheck", "1.3"), Map.of("pg_stat_statements", "")),
                "walkback test");
    }

    public static BackupSettings settings(Path work) {
        return new BackupSettings(2, 3, work);
    }

    /// Backs `files` up under a fresh attempt.
    public static BackupCommit backup(
            LineageRepository lineage, String id, Optional<String> previous, Map<String, byte[]> files, Path work) {
        return backup(lineage, id, previous, Set.of(), files, work);
    }

    public static BackupCommit backup(
            LineageRepository lineage,
            String id,
            Optional<String> previous,
            Set<PackId> distrusted,
            Map<String, byte[]> files,
            Path work) {
        try (BackupWriter writer = lineage.newBackup(
                new BackupId(id), UUID.randomUUID(), previous.map(BackupId::new), distrusted, settings(work))) {
            write(writer, files);
            return writer.finish(facts());
        }
    }

    public static void write(BackupWriter writer, Map<String, byte[]> files) {
        writer.directory(new EntryPath("base"), ATTRIBUTES);
        files.forEach((path, content) -> {
            writer.beginFile(new EntryPath(path), ATTRIBUTES, kind(path), content.length);
            for (int at = 0; at < content.length; at += 32_768) {
                writer.write(content, at, Math.min(32_768, content.length - at));
            }
            writer.endFile();
        });
        writer.symbolicLink(new EntryPath("pg_wal_link"), ATTRIBUTES, "/mnt/wal");
        writer.tablespace(16_400, "/mnt/fast");
    }

    private static FileKind kind(String path) {
        return path.equals("backup_manifest")
                ? FileKind.SERVER_MANIFEST
                : path.startsWith("base/") ? FileKind.RELATION : FileKind.OTHER;
    }

    /// Reads every file of a backup.
    public static Map<String, byte[]> read(LineageRepository lineage, String id) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (BackupReader reader = lineage.openBackup(new BackupId(id));
                EntryStream entries = reader.entries()) {
            reader.requireComplete();
            while (entries.hasNext()) {
                if (entries.next() instanceof ManifestEntry.File file) {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    reader.copyTo(file, bytes);
                    files.put(file.path().value(), bytes.toByteArray());
                }
            }
            return files;
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
