package io.walkback.messaging.avro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

class AvroMessagesPropertyTest {
    @Provide
    Arbitrary<Object> messages() {
        return Arbitraries.of(AnyMessage.types())
                .flatMap(type -> AnyMessage.of(type).map(made -> (Object) made));
    }

    @Property(tries = 2000)
    void everyMessageComesBackAsItWas(@ForAll("messages") Object message) throws IOException {
        // Given
        byte[] bytes = bytes(AvroMessages.toAvro(message));
        // When
        SpecificRecord read = new SpecificDatumReader<SpecificRecord>(
                        AvroMessages.toAvro(message).getSchema())
                .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
        // Then
        assertThat(AvroMessages.fromAvro(read)).isEqualTo(message);
    }

    @Property(tries = 200)
    void equalMessagesGiveEqualBytes(@ForAll("messages") Object message) throws IOException {
        // Given
        Object twin = AvroMessages.fromAvro(AvroMessages.toAvro(message));
        // When, Then
        assertThat(bytes(AvroMessages.toAvro(twin))).isEqualTo(bytes(AvroMessages.toAvro(message)));
    }

    private static byte[] bytes(SpecificRecord avro) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new SpecificDatumWriter<SpecificRecord>(avro.getSchema()).write(avro, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }
}
