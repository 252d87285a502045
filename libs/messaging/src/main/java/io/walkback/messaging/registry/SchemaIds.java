package io.walkback.messaging.registry;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.schemas.Schemas;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/// Which id stands for which schema: from memory, then disk, then the registry. Thread-safe.
///
/// Memory holds at most [#LIMIT] entries of each sort and is dropped whole when full; a fleet has some dozens.
public final class SchemaIds {
    private static final int LIMIT = 4096;

    private final RegistrySettings settings;
    private final RegistryClient registry;
    private final @Nullable SchemaFiles files;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<SubjectSchema, Integer> ids = new ConcurrentHashMap<>();

    private record SubjectSchema(String subject, long fingerprint) {}

    public SchemaIds(RegistrySettings settings) {
        this.settings = settings;
        this.registry = new RegistryClient(settings);
        this.files = settings.stateDirectory()
                .map(directory ->
                        new SchemaFiles(directory, settings.addresses().getFirst()))
                .orElse(null);
    }

    /// The id to write before a record of `schema` in `topic`, under the subject `<topic>-value`. The first time
    /// it is registered, or looked up, and read back.
    ///
    /// Throws [io.walkback.domain.RetryableException] with `REGISTRY_UNAVAILABLE` when it is not known here and the
    /// registry is away; [OperatorActionException] with `SCHEMA_INCOMPATIBLE` when the registry refuses the
    /// schema, or has another one under the id that it gave (F13).
    public int idFor(String topic, Schema schema) {
        String subject = topic + "-value";
        SubjectSchema key = new SubjectSchema(subject, Schemas.fingerprint(schema));
        Integer known = ids.get(key);
        if (known != null) {
            return known;
        }
        int id = remembered(key).orElseGet(() -> agreed(subject, schema));
        if (ids.size() >= LIMIT) {
            ids.clear();
        }
        ids.put(key, id);
        return id;
    }

    /// The schema that a record with this id was written with.
    ///
    /// Throws [io.walkback.domain.RetryableException] with `REGISTRY_UNAVAILABLE` when it is not known here and the
    /// registry is away, so that the record waits (F12); [CorruptDataException] with `RECORD_UNREADABLE` when the
    /// registry is there and knows of no such id.
    public Schema schema(int id) {
        Schema known = schemas.get(id);
        if (known != null) {
            return known;
        }
        Schema schema = (files == null ? Optional.<Schema>empty() : files.schema(id)).orElseGet(() -> fetched(id));
        if (schemas.size() >= LIMIT) {
            schemas.clear();
        }
        schemas.put(id, schema);
        return schema;
    }

    private Optional<Integer> remembered(SubjectSchema key) {
        return files == null ? Optional.empty() : files.id(key.subject(), key.fingerprint());
    }

    private Schema fetched(int id) {
        Schema schema = registry.schema(id)
                .orElseThrow(() -> new CorruptDataException(
                        FailureCode.RECORD_UNREADABLE,
                        "the schema registry has no schema with id " + Integer.toUnsignedString(id),
                        "The record was written against another registry, or is not what its first bytes claim."));
        if (files != null) {
            files.remember(id, schema);
        }
        return schema;
    }

    private int agreed(String subject, Schema schema) {
        int id = settings.autoRegister() ? registered(subject, schema) : registry.find(subject, schema);
        Schema there = registry.schema(id).orElse(null);
        if (there == null || Schemas.fingerprint(there) != Schemas.fingerprint(schema)) {
            throw new OperatorActionException(
                    FailureCode.SCHEMA_INCOMPATIBLE,
                    "the schema registry gave id " + id + " for " + schema.getFullName() + " but "
                            + (there == null ? "has nothing" : "another schema") + " under it",
                    "The registry has lost or mixed up its content; repair it. Nothing was sent.");
        }
        if (files != null) {
            files.remember(id, schema);
            files.remember(subject, Schemas.fingerprint(schema), id);
        }
        return id;
    }

    private int registered(String subject, Schema schema) {
        boolean guarded = registry.requireFullTransitive(subject);
        int id = registry.register(subject, schema);
        if (!guarded && !registry.requireFullTransitive(subject)) {
            throw new OperatorActionException(
                    FailureCode.SCHEMA_INCOMPATIBLE,
                    "subject '" + subject + "' cannot be made FULL_TRANSITIVE",
                    "Set the compatibility of the subject in the registry, or check what this account may do.");
        }
        return id;
    }
}
