package io.walkback.messaging.avro;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Text;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.State;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.schemas.Schemas;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// The front door of this package: everything that travels, both ways. Thread-safe.
///
/// What travels is every [Event] and [State] under its own name, [OperationRecord] as `OperationLogRecord`,
/// [Operation], [Heartbeat] as `OperationHeartbeat`, and [DatabaseRegistration].
public final class AvroMessages {
    private static final Map<String, Entry> BY_NAME = new HashMap<>();
    private static final Map<Class<?>, Entry> BY_TYPE = new HashMap<>();

    private record Entry(String name, Conversion conversion) {}

    static {
        AvroTrust.ensure();
        Stream.of(Event.class, State.class)
                .flatMap(family -> Stream.of(family.getPermittedSubclasses()))
                .forEach(type -> add(type.getSimpleName(), type));
        add("OperationLogRecord", OperationRecord.class);
        add("Operation", Operation.class);
        add("OperationHeartbeat", Heartbeat.class);
        add("DatabaseRegistration", DatabaseRegistration.class);
        if (!BY_NAME.keySet().equals(Schemas.names())) {
            throw new IllegalStateException(
                    "mapped are " + BY_NAME.keySet() + ", schemas exist for " + Schemas.names());
        }
    }

    private AvroMessages() {}

    private static void add(String name, Class<?> type) {
        Entry entry = new Entry(name, Conversions.of(type, generated(name)));
        BY_NAME.put(name, entry);
        BY_TYPE.put(type, entry);
        if (type.isSealed()) {
            Stream.of(type.getPermittedSubclasses()).forEach(variant -> BY_TYPE.put(variant, entry));
        }
    }

    /// The schema of the generated class, which tells Avro to make [String]s.
    private static Schema generated(String name) {
        Class<?> type = SpecificData.get().getClass(Schemas.latest(name));
        if (type == null) {
            throw new IllegalStateException("no class was generated for schema " + name);
        }
        return SpecificData.get().getSchema(type);
    }

    /// Simple name of the schema that `message` travels with. Throws [IllegalArgumentException] for what does not
    /// travel.
    public static String schemaName(Object message) {
        return entry(message).name();
    }

    /// `message` as an instance of its generated class. Throws [IllegalArgumentException] for what does not travel.
    public static SpecificRecord toAvro(Object message) {
        Object avro = entry(message).conversion().toAvro(message);
        if (avro instanceof SpecificRecord written) {
            return written;
        }
        throw new IllegalStateException("not a generated class: " + message.getClass());
    }

    /// The domain's form of a record. Throws [CorruptDataException] with `RECORD_UNREADABLE` when the record is of
    /// a kind that this version does not know, or its values are not what the domain allows.
    public static Object fromAvro(IndexedRecord avro) {
        String name = avro.getSchema().getFullName();
        Entry entry =
                avro instanceof SpecificRecord ? BY_NAME.get(avro.getSchema().getName()) : null;
        if (entry == null) {
            throw unreadable("a record of schema '" + name + "' is not one of ours", null);
        }
        try {
            Object message = entry.conversion().fromAvro(avro);
            if (message != null) {
                return message;
            }
            throw unreadable("a record of schema '" + name + "' is empty", null);
        } catch (IllegalArgumentException invalid) {
            throw unreadable(
                    "a record of schema '" + name + "' is invalid: "
                            + Text.printable(String.valueOf(invalid.getMessage()), 300),
                    invalid);
        }
    }

    private static Entry entry(Object message) {
        Entry entry = BY_TYPE.get(message.getClass());
        if (entry == null) {
            throw new IllegalArgumentException(message.getClass().getName() + " does not travel");
        }
        return entry;
    }

    private static CorruptDataException unreadable(String message, @Nullable Throwable cause) {
        return new CorruptDataException(
                FailureCode.RECORD_UNREADABLE,
                message,
                "Find out who wrote it; if a newer version of Walkback did, upgrade this service.",
                cause);
    }
}
