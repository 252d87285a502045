package io.walkback.repository.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.manifest.BackupStatistics;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.ManifestReader;
import io.walkback.repository.manifest.ManifestWriter;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import io.walkback.repository.verify.VerificationReport;
import io.walkback.repository.wal.WalObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What somebody may try who can write to the bucket, knows the format, and has no key: each checksum that needs no
/// key is made to fit.
class SealFaultTest {
    private static final String NOT_THE_ONE = "is not the one that was sealed there";
    private static final DatabaseId SHOE = new DatabaseId("shoe");

    @TempDir
    Path work;

    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);
    private final LineageRepository lineage = Samples.lineage(store, true);

    @Test
    void twoChunksOfOneObjectSwappedAreFound() {
        // Given: two extents of one size, which do not compress.
        backup(lineage, "b1");
        BlobKey pack = pack(lineage, "b1");
        byte[] object = store.bytes(pack);
        List<Forger.Frame> frames = Forger.frames(object, indexOffset(object));
        Forger.Frame first = frames.get(1);
        Forger.Frame second = frames.get(2);
        assertThat(first.length()).isEqualTo(second.length());
        // When
        store.tamper(pack, exchanged(object, object, first, second));
        // Then
        assertThatThrownBy(() -> Samples.read(lineage, "b1"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(NOT_THE_ONE)
                .hasMessageContaining(pack.value());
        assertThat(findings(lineage, "b1")).anyMatch(finding -> finding.contains(NOT_THE_ONE));
    }

    @Test
    void aChunkFromAnotherObjectIsFound() {
        // Given: two backups of the same content, so that only the objects differ.
        backup(lineage, "b1");
        backup(lineage, "b2");
        byte[] one = store.bytes(pack(lineage, "b1"));
        byte[] two = store.bytes(pack(lineage, "b2"));
        Forger.Frame frame = Forger.frames(one, indexOffset(one)).get(1);
        System.arraycopy(one, frame.offset(), two, frame.offset(), frame.length());
        // When
        store.tamper(pack(lineage, "b2"), two);
        // Then
        assertThatThrownBy(() -> Samples.read(lineage, "b2")).hasMessageContaining(NOT_THE_ONE);
    }

    @Test
    void chunksOfAManifestThatAreReorderedOrCutAreFound() {
        // Given: entries of three frames.
        BlobKey key = longManifest();
        byte[] good = store.bytes(key);
        assertThat(readEntries()).isEqualTo(20_000);
        List<Forger.Frame> frames = Forger.frames(good, Forger.footerOffset(good, good.length - 32));
        assertThat(frames).hasSize(5);
        // When: the first two change places.
        byte[] reordered = ByteBuffer.wrap(good.clone())
                .position(frames.get(0).offset())
                .put(good, frames.get(1).offset(), frames.get(1).length())
                .put(good, frames.get(0).offset(), frames.get(0).length())
                .array();
        Forger.withSha256(reordered);
        store.tamper(key, reordered);
        // Then
        assertThatThrownBy(this::readEntries).hasMessageContaining("frame 1 where frame 0 should be");
        // When: the second one is gone, and the footer says so.
        Forger.Frame gone = frames.get(1);
        byte[] cut = new byte[good.length - gone.length()];
        System.arraycopy(good, 0, cut, 0, gone.offset());
        System.arraycopy(
                good, gone.offset() + gone.length(), cut, gone.offset(), good.length - gone.offset() - gone.length());
        int footer = Forger.footerOffset(cut, cut.length - 32);
        int section = footer + 2;
        subtract(cut, section + 8, gone.length());
        subtract(cut, section + 16, 262_144);
        subtract(cut, section + 34, gone.length());
        subtract(cut, section + 68, gone.length());
        Forger.withFooterChecksum(cut, cut.length - 32);
        Forger.withSha256(cut);
        store.tamper(key, cut);
        // Then
        assertThatThrownBy(this::readEntries)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("where frame");
    }

    @Test
    void aCutWalSegmentIsFound() throws IOException {
        // Given
        WalSegment segment = new WalSegment(TimelineId.FIRST, 5, 1 << 20);
        lineage.wal().putSegment(segment, new ByteArrayInputStream(Samples.noise(1 << 20, 5)), Optional.empty());
        BlobKey key = lineage.lineage().segment(segment);
        byte[] good = store.bytes(key);
        int footer = Forger.footerOffset(good, good.length);
        Forger.Frame last = Forger.frames(good, footer).getLast();
        byte[] cut = new byte[good.length - last.length()];
        System.arraycopy(good, 0, cut, 0, last.offset());
        System.arraycopy(good, footer, cut, last.offset(), good.length - footer);
        // When
        store.tamper(key, cut);
        // Then
        assertThatThrownBy(() -> read(lineage.wal().findSegment(segment).orElseThrow()))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("ends 262144 bytes too early");
        // When: one segment under the name of another, and its header says so.
        WalSegment next = segment.next();
        byte[] start = ByteBuffer.allocate(8).putLong(segment.start().bytes()).array();
        byte[] other = ByteBuffer.allocate(8).putLong(next.start().bytes()).array();
        store.tamper(lineage.lineage().segment(next), Forger.relabelled(good, start, other));
        // Then
        assertThatThrownBy(() -> lineage.wal().findSegment(next)).hasMessageContaining(NOT_THE_ONE);
    }

    @Test
    void aBackupMovedInFromAnotherDatabaseIsFound() {
        // Given: database shoe, with the system identifier and everything else of shop.
        backup(lineage, "b1");
        Repository repository = Samples.open(store, true);
        LineageRepository shoe = repository.forWriting(SHOE, Samples.SYSTEM, Samples.GEOMETRY);
        byte[] before = "shop".getBytes(StandardCharsets.US_ASCII);
        byte[] after = "shoe".getBytes(StandardCharsets.US_ASCII);
        for (BlobKey key : store.keys()) {
            if (key.value().startsWith(lineage.lineage().root() + "/")) {
                BlobKey moved = new BlobKey("shoe" + key.value().substring(4));
                store.tamper(moved, store.bytes(key));
                // When: moved as it is. Then: its header gives it away.
                if (!key.value().contains("/keys/")) {
                    assertThatThrownBy(() -> Samples.read(shoe, "b1")).isInstanceOf(CorruptDataException.class);
                }
                store.tamper(moved, Forger.relabelled(store.bytes(key), before, after));
            }
        }
        // When: moved and relabelled. Then: it does not open.
        assertThatThrownBy(() -> Samples.read(shoe, "b1"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(NOT_THE_ONE)
                .hasMessageContaining("shoe/");
        assertThat(Samples.read(lineage, "b1")).containsExactlyEntriesOf(files());
    }

    @Test
    void aBackupMovedInFromAnotherRepositoryIsFound() {
        // Given: both under one key-encryption key.
        backup(lineage, "b1");
        MemoryBlobStore elsewhere = new MemoryBlobStore(Samples.CLOCK);
        LineageRepository other = Samples.lineage(elsewhere, true);
        byte[] before = bytes(lineage.lineage().repositoryId());
        byte[] after = bytes(other.lineage().repositoryId());
        for (BlobKey key : store.keys()) {
            if (key.value().startsWith(lineage.lineage().root() + "/")) {
                elsewhere.tamper(key, Forger.relabelled(store.bytes(key), before, after));
            }
        }
        // When, then: its wrapped key is bound to its repository.
        assertThatThrownBy(() -> Samples.read(other, "b1"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("/keys/")
                .hasMessageContaining("does not open");
    }

    @Test
    void withoutTheKeyNothingIsReadOrWritten() {
        LocalKeys wrong = new LocalKeys("another file", List.of(DataKey.random()));
        int before = store.keys().size();
        for (Optional<KeyEncryption> keys :
                List.of(Optional.<KeyEncryption>empty(), Optional.<KeyEncryption>of(wrong))) {
            assertThatThrownBy(() -> Repository.open(store, Samples.CLOCK, keys))
                    .extracting(e -> ((PlatformException) e).code())
                    .isEqualTo(FailureCode.KEY_UNAVAILABLE);
        }
        assertThatThrownBy(() -> Repository.init(store, Samples.CLOCK, wrong))
                .hasMessageContaining(Samples.KEYS.current().hex())
                .hasMessageContaining(wrong.current().hex());
        assertThatThrownBy(() -> Repository.init(store, Samples.CLOCK)).hasMessageContaining("is encrypted");
        assertThat(store.keys()).hasSize(before);
    }

    @Test
    void aMissingWrapperIsNamed() {
        // Given
        backup(lineage, "b1");
        BlobKey wrapper =
                lineage.closure(new BackupId("b1")).wrappedKeys().getLast().key();
        // When
        store.delete(wrapper);
        // Then
        assertThatThrownBy(() -> Samples.read(reopened(), "b1"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(
                        wrapper.value().substring(0, wrapper.value().lastIndexOf('/')))
                .extracting(e -> ((PlatformException) e).code())
                .isEqualTo(FailureCode.OBJECT_MISSING);
    }

    @Test
    void anObjectInPlainTextAmongSealedOnesIsRefused() {
        // Given: a history file of a plain repository, relabelled with this repository's id.
        MemoryBlobStore elsewhere = new MemoryBlobStore(Samples.CLOCK);
        LineageRepository plain = Samples.lineage(elsewhere);
        plain.wal().putHistory(new TimelineId(2), Samples.prose(50, 1));
        BlobKey key = plain.lineage().history(new TimelineId(2));
        byte[] before = bytes(plain.lineage().repositoryId());
        byte[] after = bytes(lineage.lineage().repositoryId());
        // When
        store.tamper(key, Forger.relabelled(elsewhere.bytes(key), before, after));
        // Then
        assertThatThrownBy(() -> lineage.wal().findHistory(new TimelineId(2)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("it is not sealed, and the repository is encrypted");
        // When: the seal's number is taken from a sealed one.
        lineage.wal().putHistory(new TimelineId(3), Samples.prose(50, 1));
        BlobKey sealed = lineage.lineage().history(new TimelineId(3));
        byte[] stripped = store.bytes(sealed);
        stripped[4] = 0;
        store.tamper(sealed, Forger.withHeaderChecksum(stripped));
        // Then
        assertThatThrownBy(() -> lineage.wal().findHistory(new TimelineId(3)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("seal 0 with key id");
    }

    @Test
    void aRootDescriptorThatSaysPlainIsRefusedByWhoHasAKey() {
        // Given
        MemoryBlobStore plain = new MemoryBlobStore(Samples.CLOCK);
        Repository.init(plain, Samples.CLOCK).close();
        // When
        store.tamper(Repository.ROOT, plain.bytes(Repository.ROOT));
        // Then
        assertThatThrownBy(() -> Samples.open(store, true))
                .hasMessageContaining("is not encrypted")
                .extracting(e -> ((PlatformException) e).code())
                .isEqualTo(FailureCode.KEY_UNAVAILABLE);
    }

    @Test
    void nothingOfThePlainBytesIsInTheStore() {
        // Given: text that does not compress well enough to be hidden by that.
        Map<String, byte[]> files = new LinkedHashMap<>(files());
        byte[] secret = Samples.noise(5_000, 11);
        files.put("base/1/9", secret);
        // When
        Samples.backup(lineage, "b1", Optional.empty(), files, work);
        // Then
        String needle = new String(secret, 1000, 24, StandardCharsets.ISO_8859_1);
        for (BlobKey key : store.keys()) {
            String stored = new String(store.bytes(key), StandardCharsets.ISO_8859_1);
            assertThat(stored.contains(needle)).as("%s", key).isFalse();
            assertThat(stored).as("%s", key).doesNotContain("base/1/9").doesNotContain("START WAL LOCATION");
        }
    }

    private LineageRepository reopened() {
        return Samples.open(store, true).current(Samples.SHOP).orElseThrow();
    }

    private static Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("backup_label", Samples.LABEL);
        files.put("base/1/1", Samples.noise(300, 1));
        files.put("base/1/2", Samples.noise(300, 2));
        files.put("global/pg_control", Samples.CONTROL);
        return files;
    }

    private void backup(LineageRepository into, String id) {
        Samples.backup(into, id, Optional.empty(), files(), work);
    }

    private static List<String> findings(LineageRepository lineage, String id) {
        return lineage.verifier().verify(new BackupId(id), VerificationReport.Depth.FULL).findings().stream()
                .map(finding -> finding.key() + " " + finding.what())
                .toList();
    }

    private static BlobKey pack(LineageRepository lineage, String id) {
        List<PackEntry> packs = lineage.closure(new BackupId(id)).packs();
        assertThat(packs).hasSize(1);
        return lineage.lineage().pack(packs.getFirst().id());
    }

    private static int indexOffset(byte[] pack) {
        return (int) Forger.number(pack, Forger.footerOffset(pack, pack.length) + 2, 8);
    }

    private static byte[] exchanged(byte[] into, byte[] from, Forger.Frame first, Forger.Frame second) {
        byte[] forged = into.clone();
        System.arraycopy(from, second.offset(), forged, first.offset(), second.length());
        System.arraycopy(from, first.offset(), forged, second.offset(), first.length());
        return forged;
    }

    private BlobKey longManifest() {
        Lineage within = lineage.lineage();
        try (ManifestWriter writer = new ManifestWriter(within, new BackupId("long"), UUID.randomUUID(), 3)) {
            for (int i = 0; i < 20_000; i++) {
                writer.directory(new EntryPath("base/" + i), Samples.ATTRIBUTES);
            }
            writer.finish(List.of(), Samples.facts(), BackupStatistics.NOTHING, Optional.empty());
            writer.commit();
        }
        return within.manifest(new BackupId("long"));
    }

    private int readEntries() {
        ManifestReader reader = new ManifestReader(lineage.lineage(), new BackupId("long"));
        int count = 0;
        try (EntryStream entries = reader.entries()) {
            while (entries.hasNext()) {
                entries.next();
                count++;
            }
        }
        return count;
    }

    private static void subtract(byte[] object, int offset, long value) {
        Forger.put(object, offset, Forger.number(object, offset, 8) - value, 8);
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static byte[] read(WalObject object) throws IOException {
        try (InputStream in = object.open()) {
            return in.readAllBytes();
        }
    }
}
