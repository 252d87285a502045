package io.walkback.repository.naive;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.repository.LineageRepository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.testing.LogicalSamples;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the writer makes, a reader that knows nothing but the format page restores byte for byte.
class NaiveReaderTest {
    private static final int PAGE = 8192;

    @TempDir
    Path work;

    @TempDir
    Path copy;

    @ParameterizedTest(name = "sealed: {0}")
    @ValueSource(booleans = {false, true}) // P4
    void restoresEveryBackupFromTheFormatPageAlone(boolean sealed) throws Exception {
        // Given: whole extents, deltas one to four deep and merged ones, and files that grow and shrink.
        MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);
        LineageRepository lineage = Samples.lineage(store, sealed);
        Random random = new Random(11);
        Map<String, byte[]> files = new LinkedHashMap<>(Samples.files());
        files.put("base/1/3000", Samples.noise(150 * PAGE, 12));
        Map<String, Map<String, byte[]>> expected = new LinkedHashMap<>();
        for (int backup = 0; backup < 7; backup++) {
            String id = "b" + backup;
            Samples.backup(lineage, id, backup == 0 ? Optional.empty() : Optional.of("b" + (backup - 1)), files, work);
            expected.put(id, new LinkedHashMap<>(files));
            byte[] relation = files.getOrDefault("base/1/3000", new byte[0]);
            byte[] next = Arrays.copyOf(relation, relation.length + (backup == 3 ? -2 : 1) * PAGE);
            for (int i = 0; i < 3; i++) {
                next[random.nextInt(next.length)] ^= 1;
            }
            files.put("base/1/3000", next);
        }
        Map<String, byte[]> dumps = new LinkedHashMap<>();
        dumps.put("globals.sql", Samples.prose(100, 1));
        dumps.put("dbnames/5.dump", Samples.noise(2 * (1 << 20) + 3, 13));
        LogicalSamples.backup(lineage, "l", Optional.empty(), dumps, work);
        expected.put("l", dumps);
        for (BlobKey key : store.keys()) {
            Path file = copy.resolve(key.value());
            Files.createDirectories(file.getParent());
            Files.write(file, store.bytes(key));
        }
        // When
        NaiveReader reader =
                new NaiveReader(copy, Samples.SHOP + "/" + Samples.SYSTEM, sealed ? Samples.noise(32, 7) : null);
        // Then
        for (Map.Entry<String, Map<String, byte[]>> backup : expected.entrySet()) {
            Map<String, byte[]> found = reader.restore(backup.getKey());
            assertThat(found.keySet())
                    .containsExactlyElementsOf(backup.getValue().keySet());
            found.forEach((path, content) -> assertThat(
                            Arrays.mismatch(content, backup.getValue().get(path)))
                    .as("first byte of '%s' that differs in %s", path, backup.getKey())
                    .isNegative());
        }
    }
}
