package io.walkback.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import io.walkback.repository.verify.VerificationReport;
import io.walkback.repository.wal.WalObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// P3 and F26: in a small repository, every byte of every object is changed in turn.
@ParameterizedClass(name = "sealed: {0}")
@ValueSource(booleans = {false, true})
class P3FlippedBitFaultTest {
    @Parameter
    boolean sealed;

    private static final WalSegment SEGMENT = new WalSegment(TimelineId.FIRST, 2, 1 << 20);

    @TempDir
    Path work;

    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);

    @Test // P3
    void everyChangedByteIsFoundAndNamesItsObject() {
        // Given
        fill();
        SoftAssertions softly = new SoftAssertions();
        for (BlobKey key : store.keys()) {
            byte[] good = store.bytes(key);
            // Sealing only adds a check to each frame, so there some of the bytes will do.
            for (int at = 0; at < good.length; at += sealed ? 7 : 1) {
                byte[] bad = good.clone();
                bad[at] ^= (byte) (1 << at % 8);
                store.tamper(key, bad);
                // When
                Optional<String> found = damage(key);
                // Then
                softly.assertThat(found).as("%s byte %d", key, at).hasValueSatisfying(message -> assertThat(message)
                        .contains(key.value()));
            }
            store.tamper(key, good);
        }
        softly.assertAll();
        assertThat(damage(Repository.ROOT)).isEmpty();
    }

    @Test // P3, F25
    void everyCutObjectIsFoundAndNamed() {
        // Given
        fill();
        for (BlobKey key : store.keys()) {
            byte[] good = store.bytes(key);
            for (int length = 0; length < good.length; length += 1 + good.length / 97) {
                store.tamper(key, Arrays.copyOf(good, length));
                // When, then
                assertThat(damage(key))
                        .as("%s cut to %d", key, length)
                        .hasValueSatisfying(message -> assertThat(message).contains(key.value()));
            }
            store.tamper(key, Arrays.copyOf(good, good.length + 1));
            assertThat(damage(key)).as("%s with a byte more", key).isPresent();
            store.tamper(key, good);
        }
    }

    @Test // P3
    void everyMissingOrSwappedObjectIsFound() {
        // Given
        fill();
        BlobKey[] keys = store.keys().toArray(BlobKey[]::new);
        for (int i = 0; i < keys.length; i++) {
            byte[] good = store.bytes(keys[i]);
            // When
            store.delete(keys[i]);
            // Then
            assertThat(damage(keys[i])).as("%s missing", keys[i]).isPresent();
            store.tamper(keys[i], store.bytes(keys[(i + 1) % keys.length]));
            assertThat(damage(keys[i])).as("%s swapped", keys[i]).isPresent();
            store.tamper(keys[i], good);
        }
    }

    private void fill() {
        LineageRepository lineage = Samples.lineage(store, sealed);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("backup_label", Samples.LABEL);
        files.put("base/1/1", Samples.noise(300, 4));
        files.put("base/1/2", Samples.prose(20_000, 4));
        files.put("global/pg_control", Arrays.copyOf(Samples.CONTROL, 100));
        byte[] table = Samples.prose(3 * 8192, 5);
        files.put("base/1/3", table.clone());
        Samples.backup(lineage, "b1", Optional.empty(), files, work);
        System.arraycopy(Samples.prose(8192, 9), 0, table, 8192, 8192);
        files.put("base/1/3", table);
        Samples.backup(lineage, "b2", Optional.of("b1"), files, work);
        assertThat(store.keys().stream().filter(key -> key.value().contains("/digests/")))
                .hasSize(2);
        byte[] wal = Samples.prose(1 << 20, 6);
        lineage.wal().putSegment(SEGMENT, new ByteArrayInputStream(wal), Optional.empty());
        lineage.wal().putHistory(new TimelineId(2), "1\t0/3000000\tpromoted\n".getBytes(StandardCharsets.US_ASCII));
    }

    /// Reads what can show that an object was changed as a verification would, and returns the first damage found.
    private Optional<String> damage(BlobKey changed) {
        try {
            LineageRepository lineage = Samples.open(store, sealed)
                    .find(Samples.SHOP, Samples.SYSTEM)
                    .orElseThrow(() -> new AssertionMissing("shop/lineages/00000001"));
            boolean inBackups = changed.value().matches(".*/(backups|packs|digests)/.*");
            boolean inWal = changed.value().matches(".*/(wal|history)/.*");
            Optional<String> found = inWal
                    ? Optional.empty()
                    : damagedBackup(lineage, changed.value().contains("/b1/") ? "b1" : "b2");
            return found.isPresent() || inBackups ? found : damagedWal(lineage);
        } catch (CorruptDataException | OperatorActionException damage) {
            return Optional.of(damage.text());
        } catch (AssertionMissing missing) {
            return Optional.of(missing.what);
        }
    }

    /// The second backup needs every object of the first but its manifest.
    private static Optional<String> damagedBackup(LineageRepository lineage, String backup) {
        var report = lineage.verifier().verify(new BackupId(backup), VerificationReport.Depth.FULL);
        // The control file in these facts is the long one: that finding is expected, all others count.
        return report.findings().stream()
                .filter(finding -> !finding.what().contains("pg_control"))
                .findFirst()
                .map(finding -> finding.key() + ": " + finding.what());
    }

    private static Optional<String> damagedWal(LineageRepository lineage) {
        Lsn end = new Lsn(SEGMENT.end().bytes());
        if (!lineage.wal().missing(TimelineId.FIRST, SEGMENT.start(), end, 1).isEmpty()) {
            return Optional.of("missing " + SEGMENT);
        }
        read(lineage.wal().findSegment(SEGMENT).orElseThrow());
        read(lineage.wal().findHistory(new TimelineId(2)).orElseThrow(() -> new AssertionMissing("history")));
        return Optional.empty();
    }

    private static void read(WalObject object) {
        try (InputStream in = object.open()) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static final class AssertionMissing extends RuntimeException {
        private final String what;

        AssertionMissing(String what) {
            this.what = what;
        }
    }
}
