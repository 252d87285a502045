package io.walkback.repository.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.testing.Samples;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FieldsPropertyTest {
    private static final BlobKey KEY = new BlobKey("k");

    @Property
    void numbersAndTextComeBack(@ForAll long number, @ForAll String text, @ForAll int small) {
        // Given
        String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        Instant time = Instant.ofEpochSecond(small, 123_456_000);
        ByteSink sink = new ByteSink(0);
        sink.varint(number)
                .u64(number)
                .u32(small)
                .u16(small & 0xFFFF)
                .u8(small & 0xFF)
                .text(valid)
                .time(time);
        // When
        ByteSource source = new ByteSource(KEY, sink.toByteArray());
        // Then
        assertThat(source.varint()).isEqualTo(number);
        assertThat(source.u64()).isEqualTo(number);
        assertThat(source.u32()).isEqualTo(small);
        assertThat(source.u16()).isEqualTo(small & 0xFFFF);
        assertThat(source.u8()).isEqualTo(small & 0xFF);
        assertThat(source.text()).isEqualTo(valid);
        assertThat(source.time()).isEqualTo(time);
        source.end();
    }

    @Property
    void anyBytesGiveFieldsOrANamedRefusal(@ForAll byte[] bytes) {
        try {
            Fields.parse(new ByteSource(KEY, bytes), 5);
        } catch (PlatformException refused) {
            assertThat(refused).hasMessageContaining("'k'");
        }
    }

    @Test
    void aFieldOfANewerVersionIsRefusedUnlessItIsOptional() {
        // Given
        byte[] newer = Fields.builder().put(6, f -> f.u8(1)).toByteArray();
        byte[] optional =
                Fields.builder().put(1, f -> f.u8(9)).put(0x80, f -> f.u8(1)).toByteArray();
        // When, then
        assertThatThrownBy(() -> Fields.parse(new ByteSource(KEY, newer), 5))
                .isInstanceOf(OperatorActionException.class);
        assertThat(Fields.parse(new ByteSource(KEY, optional), 5).get(1).u8()).isEqualTo(9);
    }

    @Test
    void fieldsOutOfOrderAreDamage() {
        byte[] twice = {1, 1, 0, 1, 1, 0};
        assertThatThrownBy(() -> Fields.parse(new ByteSource(KEY, twice), 5)).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> Fields.builder().put(2, f -> f.u8(0)).put(1, f -> f.u8(0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNewerFormatVersionIsToldApartFromADamagedFirstByte() {
        // Given
        byte[] header = ObjectHeader.encode(
                ObjectKind.PACK, UUID.randomUUID(), UUID.randomUUID(), Samples.NOW, Fields.builder());
        byte[] damaged = header.clone();
        damaged[0] = 2;
        byte[] newer = damaged.clone();
        int crc = ObjectHeader.crc(newer, 0, newer.length - 4);
        for (int i = 0; i < 4; i++) {
            newer[newer.length - 1 - i] = (byte) (crc >>> (8 * i));
        }
        // When, then
        assertThatThrownBy(() -> ObjectHeader.parse(KEY, damaged, ObjectKind.PACK))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> ObjectHeader.parse(KEY, newer, ObjectKind.PACK))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("version 2");
        assertThatThrownBy(() -> ObjectHeader.parse(KEY, header, ObjectKind.WAL))
                .isInstanceOf(CorruptDataException.class);
    }
}
