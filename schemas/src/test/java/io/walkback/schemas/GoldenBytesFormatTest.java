package io.walkback.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Bytes that were once written, kept in git as `golden/<version>/<Name>.hex` beside what they say as
/// `<Name>.json`. A file that is there never changes; `-Dwalkback.golden.write=true` makes the missing ones for a
/// new version.
class GoldenBytesFormatTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    record Case(String release, String name, Schema writer) {
        Path file(String suffix) {
            return GOLDEN.resolve(release).resolve(name + suffix);
        }
    }

    static Stream<Case> cases() {
        return Schemas.RELEASES.stream().flatMap(release -> Schemas.names().stream()
                .filter(name -> Files.exists(Path.of("src/main/avro", release, name + ".avsc")))
                .map(name -> new Case(release, name, parse(release, name))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void todaysSchemaReadsTheBytesOfEveryVersion(Case golden) throws IOException {
        // Given
        writeIfMissing(golden);
        byte[] bytes =
                HexFormat.of().parseHex(Files.readString(golden.file(".hex")).strip());
        // When
        GenericRecord read = decode(golden.writer(), Schemas.latest(golden.name()), bytes);
        // Then
        GenericRecord expected =
                decode(golden.writer(), Schemas.latest(golden.name()), encode(golden.writer(), sample(golden)));
        assertThat(read).isEqualTo(expected);
        assertThat(decode(golden.writer(), golden.writer(), bytes).toString())
                .isEqualTo(Files.readString(golden.file(".json")).strip());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void writingTheSameAgainGivesTheSameBytes(Case golden) throws IOException {
        // Given
        writeIfMissing(golden);
        String kept = Files.readString(golden.file(".hex")).strip();
        // When
        String written = HexFormat.of().formatHex(encode(golden.writer(), sample(golden)));
        // Then
        assertThat(written).isEqualTo(kept);
    }

    private static void writeIfMissing(Case golden) throws IOException {
        if (Boolean.getBoolean("walkback.golden.write") && Files.notExists(golden.file(".hex"))) {
            byte[] bytes = encode(golden.writer(), sample(golden));
            Files.createDirectories(GOLDEN.resolve(golden.release()));
            Files.writeString(golden.file(".hex"), HexFormat.of().formatHex(bytes) + "\n");
            Files.writeString(golden.file(".json"), decode(golden.writer(), golden.writer(), bytes) + "\n");
        }
    }

    private static Schema parse(String release, String name) {
        return Schemas.versions(name).stream()
                .filter(schema -> sameAsFile(schema, Path.of("src/main/avro", release, name + ".avsc")))
                .findFirst()
                .orElseThrow();
    }

    private static boolean sameAsFile(Schema schema, Path file) {
        try {
            return schema.equals(new Schema.Parser().parse(Files.readString(file)));
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static GenericRecord sample(Case golden) {
        return (GenericRecord) value(golden.writer(), golden.name());
    }

    /// A value that depends on nothing but the schema and the name of the field.
    private static Object value(Schema schema, String name) {
        return switch (schema.getType()) {
            case RECORD -> {
                GenericData.Record filled = new GenericData.Record(schema);
                schema.getFields().forEach(field -> filled.put(field.pos(), value(field.schema(), field.name())));
                yield filled;
            }
            case ENUM ->
                new GenericData.EnumSymbol(schema, schema.getEnumSymbols().getLast());
            case UNION -> value(schema.getTypes().getLast(), name);
            case ARRAY -> new GenericData.Array<>(schema, List.of(value(schema.getElementType(), name)));
            case MAP -> Map.of("key of " + name, value(schema.getValueType(), name));
            case STRING -> "a " + name + " \u00e4\u20ac";
            case INT -> name.length() * 1_000_003;
            case LONG -> 1_790_000_000_000_000L + name.length();
            case DOUBLE -> name.length() + 0.25;
            case BOOLEAN -> true;
            case BYTES -> ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8));
            default -> throw new AssertionError("no sample for " + schema);
        };
    }

    private static byte[] encode(Schema schema, GenericRecord value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema).write(value, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private static GenericRecord decode(Schema writer, Schema reader, byte[] bytes) throws IOException {
        return new GenericDatumReader<GenericRecord>(writer, reader)
                .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
    }
}
