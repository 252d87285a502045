package io.walkback.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import io.walkback.repository.verify.VerificationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class FileTreePropertyTest {
    @Property(tries = 25)
    void anyChainOfBackupsOfAnyTreeReadsBack(@ForAll long seed) throws IOException {
        // Given
        Random random = new Random(seed);
        MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);
        LineageRepository lineage = Samples.lineage(store);
        Path work = Files.createTempDirectory("tree");
        Map<String, byte[]> files = new LinkedHashMap<>();
        Optional<String> previous = Optional.empty();
        Map<String, Map<String, byte[]>> expected = new LinkedHashMap<>();
        // When
        for (int round = 0; round < 3; round++) {
            change(files, random);
            String id = "b" + round;
            Samples.backup(lineage, id, previous, files, work);
            expected.put(id, new LinkedHashMap<>(files));
            previous = Optional.of(id);
        }
        // Then
        expected.forEach((id, content) -> {
            assertThat(Samples.read(lineage, id)).containsExactlyEntriesOf(content);
            assertThat(lineage.verifier()
                            .verify(new BackupId(id), VerificationReport.Depth.STRUCTURE)
                            .isClean())
                    .isTrue();
        });
        Files.delete(work);
    }

    private static void change(Map<String, byte[]> files, Random random) {
        for (int i = 0; i < 6; i++) {
            String path = "base/" + random.nextInt(8) + "/f" + random.nextInt(4);
            byte[] before = files.get(path);
            switch (random.nextInt(4)) {
                case 0 -> files.remove(path);
                case 1 -> files.put(path, Samples.noise(random.nextInt(3_000), random.nextLong()));
                case 2 -> files.put(path, Samples.prose(random.nextInt(2_500_000), random.nextInt(10)));
                default -> {
                    if (before != null && before.length > 0) {
                        byte[] after = before.clone();
                        after[random.nextInt(after.length)] ^= 1;
                        files.put(path, after);
                    }
                }
            }
        }
    }
}
