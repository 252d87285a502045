package io.walkback.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import io.walkback.repository.verify.OrphanScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// Any history of a database's files, backed up again and again upon any earlier backup.
class HistoryPropertyTest {
    private static final int PAGE = 8192;
    private static final int BACKUPS = 7;

    @Property(tries = 12) // P5, pitfall 33
    void everyBackupReadsBackWhicheverOthersAreGone(@ForAll long seed, @ForAll boolean sealed) throws IOException {
        // Given
        Random random = new Random(seed);
        MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);
        LineageRepository lineage = Samples.lineage(store, sealed);
        Path work = Files.createTempDirectory("history");
        Map<String, byte[]> files = new TreeMap<>(Map.of("backup_label", Samples.LABEL));
        Map<String, Map<String, byte[]>> kept = new LinkedHashMap<>();
        for (int backup = 0; backup < BACKUPS; backup++) {
            change(files, random);
            List<String> earlier = List.copyOf(kept.keySet());
            Optional<String> previous = earlier.isEmpty()
                    ? Optional.empty()
                    : Optional.of(earlier.get(earlier.size() - 1 - random.nextInt(Math.min(2, earlier.size()))));
            Samples.backup(lineage, "b" + backup, previous, files, work);
            kept.put("b" + backup, new LinkedHashMap<>(files));
            if (random.nextInt(4) == 0) {
                // A page digest that is lost costs bytes, and nothing else.
                store.keys().stream()
                        .filter(key -> key.value().contains("/digests/"))
                        .findAny()
                        .ifPresent(store::delete);
            }
        }
        List<String> order = new ArrayList<>(kept.keySet());
        Collections.shuffle(order, random);
        for (String gone : order) {
            // When
            assertEveryOneReads(lineage, kept);
            kept.remove(gone);
            store.delete(lineage.lineage().manifest(new BackupId(gone)));
            List<BlobEntry> orphans = new ArrayList<>();
            new OrphanScan(lineage.lineage()).scan(Duration.ofSeconds(-1), lineage::backups, orphans::add);
            orphans.forEach(orphan -> store.delete(orphan.key()));
            // Then
            assertNothingMissing(store, lineage, kept.keySet());
        }
        assertThat(store.keys()).noneMatch(key -> key.value().matches(".*/(packs|digests)/.*"));
        Files.delete(work);
    }

    private static void assertEveryOneReads(LineageRepository lineage, Map<String, Map<String, byte[]>> kept) {
        kept.forEach((id, content) -> {
            Map<String, byte[]> found = Samples.read(lineage, id);
            assertThat(found.keySet()).isEqualTo(content.keySet());
            found.forEach((path, bytes) -> assertThat(Arrays.mismatch(bytes, content.get(path)))
                    .as("first byte of '%s' that differs in %s", path, id)
                    .isNegative());
        });
    }

    private static void assertNothingMissing(MemoryBlobStore store, LineageRepository lineage, Set<String> kept) {
        Set<BlobKey> there = new HashSet<>(store.keys());
        for (String id : kept) {
            assertThat(lineage.closure(new BackupId(id)).packs())
                    .allMatch(pack -> there.contains(lineage.lineage().pack(pack.id())));
        }
    }

    private static void change(Map<String, byte[]> files, Random random) {
        for (int i = 0; i < 8; i++) {
            String path = "base/1/" + random.nextInt(6);
            byte[] before = files.get(path);
            if (before == null) {
                int pages = random.nextInt(3) == 0 ? 100 + random.nextInt(80) : random.nextInt(40);
                byte[] content = random.nextBoolean()
                        ? Samples.noise(pages * PAGE, random.nextLong())
                        : Samples.prose(pages * PAGE + random.nextInt(2), random.nextInt(10));
                files.put(path, content);
                continue;
            }
            int pages = before.length / PAGE;
            switch (random.nextInt(8)) {
                case 0 -> files.remove(path);
                case 1 -> files.put(path, Arrays.copyOf(before, random.nextInt(pages + 1) * PAGE));
                case 2 -> {
                    byte[] grown = Arrays.copyOf(before, (pages + 1 + random.nextInt(6)) * PAGE);
                    grown[grown.length - 1] = 1;
                    files.put(path, grown);
                }
                case 3 -> files.put(path, Arrays.copyOf(before, before.length + random.nextInt(PAGE)));
                default -> {
                    byte[] changed = before.clone();
                    for (int page = 0; page < 1 + random.nextInt(4) && changed.length > 0; page++) {
                        changed[random.nextInt(changed.length)] ^= 1;
                    }
                    files.put(path, changed);
                }
            }
        }
    }
}
