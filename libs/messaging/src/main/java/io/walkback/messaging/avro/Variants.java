package io.walkback.messaging.avro;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/// A sealed interface as one Avro record: the enum `variant`, and the fields of all cases, of which a case fills
/// its own. Adding a case adds a symbol and optional fields, which every old reader survives.
final class Variants implements Conversion {
    private static final String TAG = "variant";

    private final Class<?> type;
    private final Schema schema;
    private final int tagPosition;
    private final Map<Class<?>, Object> symbols = new HashMap<>();
    private final Map<Class<?>, RecordShape> byType = new HashMap<>();
    private final Map<String, RecordShape> bySymbol = new HashMap<>();

    Variants(Class<?> type, Schema schema) {
        this.type = type;
        this.schema = schema;
        Schema.Field tag = schema.getField(TAG);
        if (tag == null) {
            throw new IllegalStateException(schema.getFullName() + " has no field " + TAG);
        }
        tagPosition = tag.pos();
        Set<String> covered = new TreeSet<>(Set.of(TAG));
        for (Class<?> variant : type.getPermittedSubclasses()) {
            String symbol = symbolOf(variant);
            if (!tag.schema().hasEnumSymbol(symbol)) {
                throw new IllegalStateException(tag.schema().getFullName() + " has no symbol " + symbol);
            }
            RecordShape shape = RecordShape.part(variant, schema);
            covered.addAll(shape.fields());
            symbols.put(variant, SpecificData.get().createEnum(symbol, tag.schema()));
            byType.put(variant, shape);
            bySymbol.put(symbol, shape);
        }
        RecordShape.requireAll(schema, covered, type);
    }

    /// `AttemptLost` is written `ATTEMPT_LOST`.
    private static String symbolOf(Class<?> variant) {
        return variant.getSimpleName().replaceAll("(?<=.)([A-Z])", "_$1").toUpperCase(Locale.ROOT);
    }

    @Override
    public @Nullable Object toAvro(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        IndexedRecord target = RecordShape.newRecord(schema);
        RecordShape shape = byType.get(value.getClass());
        Object symbol = symbols.get(value.getClass());
        if (shape == null || symbol == null) {
            throw new IllegalStateException(value.getClass() + " is no case of " + type);
        }
        target.put(tagPosition, symbol);
        shape.write(value, target);
        return target;
    }

    @Override
    public @Nullable Object fromAvro(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        IndexedRecord source = (IndexedRecord) value;
        String symbol = String.valueOf(source.get(tagPosition));
        RecordShape shape = bySymbol.get(symbol);
        if (shape == null) {
            throw new IllegalArgumentException(
                    "no " + type.getSimpleName() + " is called " + symbol + ", a newer version may have written it");
        }
        return shape.read(source);
    }
}
