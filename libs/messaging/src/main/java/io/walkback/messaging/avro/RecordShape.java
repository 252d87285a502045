package io.walkback.messaging.avro;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/// One Java record over the fields of one Avro record.
final class RecordShape implements Conversion {
    private final Class<?> type;
    private final Schema schema;
    private final List<Slot> slots = new ArrayList<>();
    private final Set<String> fields = new TreeSet<>();
    private final Constructor<?> constructor;

    private RecordShape(Class<?> type, Schema schema) {
        this.type = type;
        this.schema = schema;
        RecordComponent[] components = type.getRecordComponents();
        for (RecordComponent component : components) {
            slots.add(slot(component));
        }
        try {
            constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(type + " has no canonical constructor", impossible);
        }
    }

    /// The record has every field of the schema.
    static RecordShape whole(Class<?> type, Schema schema) {
        RecordShape shape = new RecordShape(type, schema);
        requireAll(schema, shape.fields, type);
        return shape;
    }

    /// The record has some of the fields, and other records have the rest.
    static RecordShape part(Class<?> type, Schema schema) {
        return new RecordShape(type, schema);
    }

    static void requireAll(Schema schema, Set<String> covered, Class<?> type) {
        Set<String> all =
                schema.getFields().stream().map(Schema.Field::name).collect(Collectors.toCollection(TreeSet::new));
        if (!all.equals(covered)) {
            throw new IllegalStateException(
                    schema.getFullName() + " has " + all + ", " + type.getName() + " has " + covered);
        }
    }

    static IndexedRecord newRecord(Schema schema) {
        Object made = SpecificData.get().newRecord(null, schema);
        return (IndexedRecord) made;
    }

    Set<String> fields() {
        return fields;
    }

    private Slot slot(RecordComponent component) {
        boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        Schema.Field field = schema.getField(component.getName());
        if (field == null && component.getType().isRecord()) {
            RecordShape spread = part(component.getType(), schema);
            fields.addAll(spread.fields);
            return new Slot(component.getName(), component.getAccessor(), -1, spread, optional);
        }
        if (field == null) {
            throw new IllegalStateException(
                    schema.getFullName() + " has no field for " + type.getName() + "." + component.getName());
        }
        if (optional && !field.schema().isNullable()) {
            throw new IllegalStateException(schema.getFullName() + "." + field.name() + " cannot be null, "
                    + type.getName() + "." + component.getName() + " can");
        }
        if (!fields.add(field.name())) {
            throw new IllegalStateException(schema.getFullName() + "." + field.name() + " is filled twice");
        }
        Conversion conversion = Conversions.of(component.getGenericType(), field.schema());
        return new Slot(component.getName(), component.getAccessor(), field.pos(), conversion, optional);
    }

    @Override
    public @Nullable Object toAvro(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        IndexedRecord target = newRecord(schema);
        write(value, target);
        return target;
    }

    @Override
    public @Nullable Object fromAvro(@Nullable Object value) {
        return value == null ? null : read((IndexedRecord) value);
    }

    void write(Object source, IndexedRecord target) {
        for (Slot slot : slots) {
            Object value = slot.of(source);
            if (slot.position() >= 0) {
                target.put(slot.position(), slot.conversion().toAvro(value));
            } else if (value != null && slot.conversion() instanceof RecordShape spread) {
                spread.write(value, target);
            }
        }
    }

    Object read(IndexedRecord source) {
        @Nullable Object[] arguments = new Object[slots.size()];
        for (int i = 0; i < arguments.length; i++) {
            Slot slot = slots.get(i);
            Object value = slot.position() >= 0
                    ? slot.conversion().fromAvro(source.get(slot.position()))
                    : slot.conversion().fromAvro(source);
            if (value == null && !slot.optional()) {
                throw new IllegalArgumentException(type.getSimpleName() + " without " + slot.name());
            }
            arguments[i] = value;
        }
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException refused) {
            if (refused.getCause() instanceof IllegalArgumentException invalid) {
                throw invalid;
            }
            throw new IllegalStateException(type.getName() + " failed to be made", refused.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(type.getName() + " cannot be made", impossible);
        }
    }

    private record Slot(String name, Method accessor, int position, Conversion conversion, boolean optional) {
        @Nullable
        Object of(Object source) {
            try {
                return accessor.invoke(source);
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException(accessor + " cannot be read", impossible);
            }
        }
    }
}
