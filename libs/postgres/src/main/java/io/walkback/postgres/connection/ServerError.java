package io.walkback.postgres.connection;

import java.util.Map;

/// What PostgreSQL says in an ErrorResponse. The state is stable across languages, the message is not.
///
/// @param severity `ERROR`, `FATAL` or `PANIC`
/// @param state    five characters of SQLSTATE
/// @param message  the primary message, in the server's language
public record ServerError(String severity, String state, String message) {
    /// From the fields of the message, keyed by their one-letter type. `V` is the severity that is never
    /// translated.
    public static ServerError of(Map<Character, String> fields) {
        return new ServerError(
                fields.getOrDefault('V', fields.getOrDefault('S', "ERROR")),
                fields.getOrDefault('C', "XX000"),
                fields.getOrDefault('M', "no message"));
    }
}
