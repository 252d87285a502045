package io.walkback.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/// Every version of every schema that this build was released with, read from the jar: no registry is asked.
/// Immutable once loaded, so safe to share.
public final class Schemas {
    /// Package of the generated classes and namespace of the schemas.
    public static final String NAMESPACE = "io.walkback.schemas.avro";

    /// Directories of `src/main/avro`, oldest first.
    static final List<String> RELEASES = List.of("v1");

    private static final Map<String, List<Schema>> VERSIONS = load();
    private static final Map<Long, Schema> BY_FINGERPRINT = index();

    private Schemas() {}

    /// Simple names of all records that travel on a topic of their own.
    public static Set<String> names() {
        return VERSIONS.keySet();
    }

    /// All versions of one schema, oldest first. Throws [IllegalArgumentException] for a name that is not ours.
    public static List<Schema> versions(String name) {
        List<Schema> versions = VERSIONS.get(name);
        if (versions == null) {
            throw new IllegalArgumentException("no schema is named '" + name + "'");
        }
        return versions;
    }

    /// The version that this build writes and reads.
    public static Schema latest(String name) {
        return versions(name).getLast();
    }

    /// The schema with this [#fingerprint], of whatever version.
    public static Optional<Schema> byFingerprint(long fingerprint) {
        return Optional.ofNullable(BY_FINGERPRINT.get(fingerprint));
    }

    /// CRC-64-AVRO of the parsing canonical form: equal for schemas that put the same bytes on the wire.
    public static long fingerprint(Schema schema) {
        return SchemaNormalization.parsingFingerprint64(schema);
    }

    private static Map<String, List<Schema>> load() {
        Map<String, List<Schema>> versions = new TreeMap<>();
        for (TopicSpec topic : Topics.all()) {
            String name = topic.schema();
            if (name != null) {
                List<Schema> found = new ArrayList<>();
                for (String release : RELEASES) {
                    read(release + "/" + name + ".avsc").ifPresent(found::add);
                }
                if (found.isEmpty()) {
                    throw new IllegalStateException("topic '" + topic.name() + "' has no schema " + name + ".avsc");
                }
                versions.put(name, List.copyOf(found));
            }
        }
        return versions;
    }

    private static Optional<Schema> read(String file) {
        try (InputStream in = Schemas.class.getResourceAsStream("avro/" + file)) {
            return in == null ? Optional.empty() : Optional.of(new Schema.Parser().parse(in));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("schema " + file + " cannot be read from the jar", unreadable);
        }
    }

    private static Map<Long, Schema> index() {
        Map<Long, Schema> index = new LinkedHashMap<>();
        for (List<Schema> versions : VERSIONS.values()) {
            for (Schema schema : versions) {
                Schema clash = index.putIfAbsent(fingerprint(schema), schema);
                if (clash != null && !clash.getFullName().equals(schema.getFullName())) {
                    throw new IllegalStateException(
                            "schemas " + clash.getFullName() + " and " + schema.getFullName() + " share a fingerprint");
                }
            }
        }
        return index;
    }
}
