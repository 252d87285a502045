package io.walkback.messaging.avro;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/// Finds the conversion between a Java type and a schema, once per pair, when the process starts.
final class Conversions {
    private Conversions() {}

    /// Throws [IllegalStateException] when the two do not fit.
    static Conversion of(Type type, Schema schema) {
        Schema shape = schema.isUnion() ? schema.getTypes().getLast() : schema;
        Class<?> raw = raw(type);
        Conversion found =
                switch (shape.getType()) {
                    case ENUM -> raw.isEnum() ? new OfEnum(raw, shape) : null;
                    case ARRAY -> ofArray(type, raw, shape);
                    case MAP -> raw == Map.class ? new OfMap(of(argument(type, 1), shape.getValueType())) : null;
                    case RECORD -> ofRecord(raw, shape);
                    default -> Scalars.of(raw, shape);
                };
        if (found == null) {
            throw new IllegalStateException(type.getTypeName() + " does not travel as " + schema);
        }
        return found;
    }

    private static @Nullable Conversion ofArray(Type type, Class<?> raw, Schema shape) {
        if (raw != List.class && raw != Set.class) {
            return null;
        }
        return new OfCollection(of(argument(type, 0), shape.getElementType()), raw == Set.class);
    }

    private static @Nullable Conversion ofRecord(Class<?> raw, Schema shape) {
        Class<?> whole = wholeOf(raw);
        if (whole.isSealed()) {
            return new Variants(whole, shape);
        }
        return raw.isRecord() ? RecordShape.whole(raw, shape) : null;
    }

    /// The sealed interface that `type` is a case of, or `type` itself. A case is declared inside its interface.
    private static Class<?> wholeOf(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return outer != null && outer.isSealed() && outer.isAssignableFrom(type) ? outer : type;
    }

    private static Class<?> raw(Type type) {
        return switch (type) {
            case Class<?> plain -> plain;
            case ParameterizedType generic -> raw(generic.getRawType());
            case AnnotatedType annotated -> raw(annotated.getType());
            default -> throw new IllegalStateException("no conversion for " + type.getTypeName());
        };
    }

    private static Type argument(Type type, int index) {
        if (type instanceof ParameterizedType generic) {
            return generic.getActualTypeArguments()[index];
        }
        throw new IllegalStateException(type.getTypeName() + " does not say what it holds");
    }

    /// An enum by the names of its constants; what a newer writer added has become `UNKNOWN` by schema resolution.
    private static final class OfEnum implements Conversion {
        private final Map<String, Object> symbols = new LinkedHashMap<>();
        private final Map<String, Object> constants = new LinkedHashMap<>();
        private final Class<?> type;

        OfEnum(Class<?> type, Schema schema) {
            this.type = type;
            for (Object constant : type.getEnumConstants()) {
                String name = ((Enum<?>) constant).name();
                if (!schema.hasEnumSymbol(name)) {
                    throw new IllegalStateException(schema.getFullName() + " has no symbol " + name);
                }
                constants.put(name, constant);
                symbols.put(name, SpecificData.get().createEnum(name, schema));
            }
        }

        @Override
        public @Nullable Object toAvro(@Nullable Object value) {
            return value == null ? null : symbols.get(((Enum<?>) value).name());
        }

        @Override
        public @Nullable Object fromAvro(@Nullable Object value) {
            if (value == null) {
                return null;
            }
            Object constant = constants.get(value.toString());
            if (constant == null) {
                throw new IllegalArgumentException(
                        "no " + type.getSimpleName() + " is called " + value + ", a newer version may have written it");
            }
            return constant;
        }
    }

    /// Lists keep their order; sets are written in the order of their text, so that equal sets give equal bytes.
    private record OfCollection(Conversion element, boolean isSet) implements Conversion {
        @Override
        public @Nullable Object toAvro(@Nullable Object value) {
            if (value == null) {
                return null;
            }
            List<@Nullable Object> written = new ArrayList<>();
            ((Collection<?>) value).forEach(item -> written.add(element.toAvro(item)));
            if (isSet) {
                Object[] sorted = written.toArray();
                Arrays.sort(sorted, (left, right) -> left.toString().compareTo(right.toString()));
                return new ArrayList<>(Arrays.asList(sorted));
            }
            return written;
        }

        @Override
        public @Nullable Object fromAvro(@Nullable Object value) {
            if (value == null) {
                return null;
            }
            List<@Nullable Object> read = new ArrayList<>();
            ((Collection<?>) value).forEach(item -> read.add(element.fromAvro(item)));
            return isSet ? read.stream().collect(Collectors.toUnmodifiableSet()) : read;
        }
    }

    /// Written in the order of the keys, so that equal maps give equal bytes.
    private record OfMap(Conversion element) implements Conversion {
        @Override
        public @Nullable Object toAvro(@Nullable Object value) {
            return value == null ? null : convert((Map<?, ?>) value, true);
        }

        @Override
        public @Nullable Object fromAvro(@Nullable Object value) {
            return value == null ? null : convert((Map<?, ?>) value, false);
        }

        private Map<String, @Nullable Object> convert(Map<?, ?> source, boolean toAvro) {
            Map<String, @Nullable Object> converted = new TreeMap<>();
            source.forEach((key, item) ->
                    converted.put(key.toString(), toAvro ? element.toAvro(item) : element.fromAvro(item)));
            return converted;
        }
    }
}
