package io.walkback.standalone.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What the demo measured. A figure that was not reached is null.
///
/// @param passed     whether every check held
/// @param steps      in the order in which they were taken; the last one is the one that failed, if any did
/// @param rtoSeconds from the request to restore to the first answer of the restored database
/// @param rpoSeconds the longest that WAL was on the database's server alone before the disaster, as the server
/// says
/// @param rows       of the table that was dropped
/// @param backups    that completed, oldest first
/// @param restore    of the database
/// @param versions   of what took part
public record DemoReport(
        boolean passed,
        List<StepReport> steps,
        @Nullable Double rtoSeconds,
        @Nullable Double rpoSeconds,
        @Nullable Rows rows,
        List<Backup> backups,
        @Nullable Restore restore,
        Map<String, String> versions) {
    /// How a step ended.
    public enum Status {
        PASSED,
        FAILED
    }

    /// @param figures what was measured, by name; `error` says what did not hold
    public record StepReport(String name, Status status, double seconds, Map<String, Object> figures) {}

    /// @param expected rows that the writer had committed by the target
    /// @param restored rows in the restored table
    public record Rows(long expected, long restored) {}

    /// @param bytes       plain bytes of all files
    /// @param storedBytes what this backup added to the repository
    /// @param seconds     from the request to its completion, its WAL included
    public record Backup(String id, long bytes, long storedBytes, double seconds) {}

    /// @param target  a moment, RFC 3339
    /// @param seconds from the request to the end of the operation
    public record Restore(String target, double seconds) {}

    /// The report as JSON, indented.
    public String json() {
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(this);
    }

    /// Writes [#json] to `file`.
    public void writeTo(Path file) {
        try {
            Files.writeString(file, json() + "\n");
        } catch (IOException unwritable) {
            throw new UncheckedIOException("cannot write the report to " + file, unwritable);
        }
    }
}
