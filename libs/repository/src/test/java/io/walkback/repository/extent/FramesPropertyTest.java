package io.walkback.repository.extent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.seal.DataKey;
import io.walkback.repository.seal.ObjectSeal;
import io.walkback.repository.testing.Samples;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FramesPropertyTest {
    private static final BlobKey KEY = new BlobKey("shop/7/packs/x");
    private static final ObjectSeal PLAIN = ObjectSeal.none(KEY);
    private static final ObjectSeal SEALED = sealed();
    private final Digester digester = new Digester(new NamingKey(new byte[32]));

    @Property(tries = 60)
    void whatGoesInComesOut(
            @ForAll @IntRange(min = 0, max = 700_000) int length, @ForAll boolean compressible, @ForAll boolean seal)
            throws IOException {
        ObjectSeal object = seal ? SEALED : PLAIN;
        // Given
        byte[] text = compressible ? Samples.prose(length, 5) : Samples.noise(length, 5);
        // When
        byte[] frames = encode(object, text);
        // Then
        assertThat(decode(object, frames, text.length)).isEqualTo(text);
        assertThat(frames.length).isLessThanOrEqualTo(length + (32 + object.overhead()) * (length / Extents.FRAME + 1));
    }

    @Property(tries = 200)
    void aFlippedBitIsFound(
            @ForAll @IntRange(min = 0, max = 4_000) int at,
            @ForAll @IntRange(min = 0, max = 7) int bit,
            @ForAll boolean seal) {
        ObjectSeal object = seal ? SEALED : PLAIN;
        // Given
        byte[] text = Samples.noise(3_000, 1);
        byte[] frames = encode(object, text);
        int position = at % frames.length;
        frames[position] ^= (byte) (1 << bit);
        // When, then
        assertThatThrownBy(() -> decode(object, frames, text.length))
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

    @Test
    void aSealedFrameHasItsOrdinalAndOneInAnotherPlaceIsRefused() {
        // Given
        byte[] text = Samples.noise(2 * Extents.FRAME, 1);
        byte[] frames = encode(SEALED, text);
        int second = 32 + 16 + Extents.FRAME;
        assertThat(List.of(frames[1], frames[2], frames[3])).containsExactly((byte) 0, (byte) 0, (byte) 0);
        assertThat(List.of(frames[second + 1], frames[second + 2], frames[second + 3]))
                .containsExactly((byte) 0, (byte) 0, (byte) 1);
        byte[] alone = Arrays.copyOfRange(frames, second, frames.length);
        FrameDecoder decoder = new FrameDecoder(digester);
        // When
        decoder.next(SEALED, new ByteArrayInputStream(alone), alone.length, Digest128.NONE, FrameDecoder.ANY);
        // Then
        assertThat(decoder.ordinal()).isEqualTo(1);
        assertThat(decoder.nextOrdinal()).isEqualTo(2);
        assertThat(decoder.storedLength()).isEqualTo(alone.length);
        assertThatThrownBy(() -> decoder.next(SEALED, new ByteArrayInputStream(alone), alone.length, Digest128.NONE, 0))
                .hasMessageContaining("frame 1 where frame 0 should be");
        assertThat(decoder.skip(SEALED, new ByteArrayInputStream(alone), alone.length))
                .isEqualTo(alone.length);
        assertThatThrownBy(() -> decoder.next(
                        PLAIN, new ByteArrayInputStream(alone), alone.length, Digest128.NONE, FrameDecoder.ANY))
                .isInstanceOf(PlatformException.class);
        assertThatThrownBy(() -> decoder.next(
                        SEALED, new ByteArrayInputStream(alone), alone.length, new Digest128(1, 2), FrameDecoder.ANY))
                .isInstanceOf(CorruptDataException.class);
    }

    private static ObjectSeal sealed() {
        byte[] header = ObjectHeader.encode(
                ObjectKind.PACK,
                UUID.randomUUID(),
                UUID.randomUUID(),
                UUID.randomUUID(),
                Samples.NOW,
                Fields.builder());
        return ObjectSeal.of(KEY, header, ObjectHeader.parse(KEY, header, ObjectKind.PACK), DataKey.random());
    }

    private byte[] encode(byte[] text) {
        return encode(PLAIN, text);
    }

    private byte[] decode(byte[] frames, long plainLength) throws IOException {
        return decode(PLAIN, frames, plainLength);
    }

    private byte[] encode(ObjectSeal object, byte[] text) {
        ByteSink out = new ByteSink(text.length);
        try (FrameEncoder encoder = new FrameEncoder(3)) {
            FrameStreamWriter writer = new FrameStreamWriter(
                    digester,
                    encoder,
                    new FrameSealer(object),
                    (bytes, offset, length) -> out.raw(bytes, offset, length));
            writer.write(text, 0, text.length);
            writer.flush();
            assertThat(writer.storedLength()).isEqualTo(out.size());
        }
        return out.toByteArray();
    }

    private byte[] decode(ObjectSeal object, byte[] frames, long plainLength) throws IOException {
        InputStream in = new ByteArrayInputStream(frames);
        try (InputStream text = new FrameStream(object, in, digester, 0, frames.length, plainLength)) {
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
