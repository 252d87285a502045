package io.walkback.repository.extent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.seal.ObjectSeal;
import io.walkback.repository.testing.Samples;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FramesPropertyTest {
    private static final BlobKey KEY = new BlobKey("shop/7/packs/x");
    private final Digester digester = new Digester(new NamingKey(new byte[32]));

    @Property(tries = 60)
    void whatGoesInComesOut(@ForAll @IntRange(min = 0, max = 700_000) int length, @ForAll boolean compressible)
            throws IOException {
        // Given
        byte[] text = compressible ? Samples.prose(length, 5) : Samples.noise(length, 5);
        // When
        byte[] frames = encode(text);
        // Then
        assertThat(decode(frames, text.length)).isEqualTo(text);
        assertThat(frames.length).isLessThanOrEqualTo(length + 32 * (length / Extents.FRAME + 1));
    }

    @Property(tries = 200)
    void aFlippedBitIsFound(
            @ForAll @IntRange(min = 0, max = 4_000) int at, @ForAll @IntRange(min = 0, max = 7) int bit) {
        // Given
        byte[] text = Samples.noise(3_000, 1);
        byte[] frames = encode(text);
        int position = at % frames.length;
        frames[position] ^= (byte) (1 << bit);
        // When, then
        assertThatThrownBy(() -> decode(frames, text.length))
                .isInstanceOf(PlatformException.class)
                .hasMessageContaining(KEY.value());
    }

    @Test
    void aTextCutAtAFrameBorderIsFound() {
        // Given
        byte[] text = Samples.noise(2 * Extents.FRAME, 1);
        byte[] first = Arrays.copyOf(encode(text), 32 + Extents.FRAME);
        // When, then
        assertThatThrownBy(() -> decode(first, text.length)).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> decode(encode(text), Extents.FRAME)).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void identityDependsOnContentOrderLengthAndKey() {
        // Given
        byte[] plain = Samples.noise(600_000, 3);
        Digest128 identity = identify(digester, plain);
        // When
        byte[] changed = plain.clone();
        changed[599_999] ^= 1;
        byte[] swapped = plain.clone();
        System.arraycopy(plain, 0, swapped, Extents.FRAME, Extents.FRAME);
        System.arraycopy(plain, Extents.FRAME, swapped, 0, Extents.FRAME);
        // Then
        assertThat(identify(digester, plain)).isEqualTo(identity);
        assertThat(List.of(
                        identify(digester, changed),
                        identify(digester, swapped),
                        identify(digester, Arrays.copyOf(plain, 599_999)),
                        identify(digester, Arrays.copyOf(plain, 600_001)),
                        identify(new Digester(NamingKey.random()), plain)))
                .doesNotContain(identity)
                .doesNotHaveDuplicates();
    }

    private static Digest128 identify(Digester digester, byte[] plain) {
        EncodedExtent extent = new EncodedExtent();
        extent.fill(plain, 0, plain.length);
        return extent.identify(digester);
    }

    private byte[] encode(byte[] text) {
        ByteSink out = new ByteSink(text.length);
        try (FrameEncoder encoder = new FrameEncoder(3)) {
            FrameStreamWriter writer = new FrameStreamWriter(
                    digester,
                    encoder,
                    new FrameSealer(ObjectSeal.none(KEY)),
                    (bytes, offset, length) -> out.raw(bytes, offset, length));
            writer.write(text, 0, text.length);
            writer.flush();
            assertThat(writer.storedLength()).isEqualTo(out.size());
        }
        return out.toByteArray();
    }

    private byte[] decode(byte[] frames, long plainLength) throws IOException {
        InputStream in = new ByteArrayInputStream(frames);
        try (InputStream text = new FrameStream(ObjectSeal.none(KEY), in, digester, 0, frames.length, plainLength)) {
            return text.readAllBytes();
        }
    }

    @Test
    void aNamingKeyIsNeverPrinted() {
        NamingKey key = NamingKey.random();
        assertThat(key).hasToString("NamingKey[secret]").isEqualTo(new NamingKey(key.reveal()));
        assertThat(new ArrayList<>(List.of(key)).toString())
                .doesNotContain(HexFormat.of().formatHex(key.reveal()));
    }
}
