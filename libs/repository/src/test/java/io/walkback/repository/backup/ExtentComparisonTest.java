package io.walkback.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.EncodedExtent;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.extent.NamingKey;
import io.walkback.repository.manifest.ExtentRef;
import io.walkback.repository.manifest.FileExtent;
import io.walkback.repository.testing.Samples;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExtentComparisonTest {
    private static final NamingKey KEY = NamingKey.random();

    private final ExtentComparison comparison = new ExtentComparison(KEY);

    /// As a backup names it.
    private static FileExtent named(byte[] content) {
        EncodedExtent extent = new EncodedExtent();
        extent.fill(content, 0, content.length);
        Digest128 identity = extent.identify(new Digester(KEY));
        return FileExtent.whole(new ExtentRef(content.length, identity, 0, 0, List.of(content.length)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 8192, 8193, Extents.FRAME, Extents.FRAME + 1, Extents.EXTENT - 8192, Extents.EXTENT})
    void findsEveryDifferenceAndNoneWhereThereIsNone(int length) {
        for (byte[] content : List.of(Samples.noise(length, length), new byte[length])) {
            // Given
            FileExtent extent = named(content);
            byte[] buffer = Arrays.copyOf(content, Extents.EXTENT);
            // Then
            assertThat(comparison.isContent(extent, buffer, length)).isTrue();
            assertThat(comparison.isContent(extent, buffer, length - 1)).isFalse();
            for (int at : new int[] {0, length / 2, length - 1}) {
                buffer[at] ^= 4;
                assertThat(comparison.isContent(extent, buffer, length)).isFalse();
                buffer[at] ^= 4;
            }
            assertThat(new ExtentComparison(NamingKey.random()).isContent(extent, buffer, length))
                    .isFalse();
        }
    }
}
