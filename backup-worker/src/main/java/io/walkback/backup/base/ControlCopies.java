package io.walkback.backup.base;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.repository.manifest.FileContent;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keeps copies of the three files that decide where recovery begins, byte for byte (pitfall 22). For one thread.
final class ControlCopies {
    static final String LABEL = "backup_label";
    static final String TABLESPACE_MAP = "tablespace_map";
    static final String PG_CONTROL = "global/pg_control";

    private static final Set<String> KEPT = Set.of(LABEL, TABLESPACE_MAP, PG_CONTROL);
    /// A tablespace map has a line per tablespace.
    private static final long LONGEST = 1 << 20;

    private final Map<String, FileContent> copies = new HashMap<>();
    private @Nullable String name;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void begin(String path, long size) {
        name = KEPT.contains(path) ? path : null;
        bytes.reset();
        if (name != null && size > LONGEST) {
            throw new CorruptDataException(
                    FailureCode.POSTGRES_PROTOCOL,
                    "file '" + path + "' of the backup has " + size + " bytes",
                    "No server writes one of that size: look at it in the data directory.");
        }
    }

    void accept(byte[] buffer, int offset, int length) {
        if (name != null) {
            bytes.write(buffer, offset, length);
        }
    }

    void end() {
        if (name != null) {
            copies.put(name, new FileContent(bytes.toByteArray()));
            name = null;
        }
    }

    Optional<FileContent> find(String path) {
        return Optional.ofNullable(copies.get(path));
    }

    /// A file without which no backup can be started.
    FileContent require(String path) {
        return find(path)
                .orElseThrow(() -> new CorruptDataException(
                        FailureCode.POSTGRES_PROTOCOL,
                        "the server sent a backup without '" + path + "'",
                        "Check that the address is PostgreSQL itself; this backup was not kept."));
    }
}
