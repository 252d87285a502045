package io.walkback.alerting.rule;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One cause of alarm, which is told once and cleared once.
///
/// @param kind what sort of alarm
/// @param database the database, null when the cause is in the platform itself
/// @param cause tells causes of one kind apart, null where kind and database do
public record AlertSubject(
        AlertKind kind,
        @Nullable DatabaseId database,
        @Nullable String cause) {
    /// `{kind}:{database}[:{cause}]`, or `{kind}:{cause}` for the platform; at most 255 characters, which is what
    /// PagerDuty takes as a dedup key.
    public String key() {
        StringBuilder key = new StringBuilder(kind.id());
        if (database != null) {
            key.append(':').append(database.value());
        }
        if (cause != null) {
            key.append(':').append(cause);
        }
        return key.toString();
    }

    static AlertSubject of(AlertKind kind, DatabaseId database) {
        return new AlertSubject(kind, database, null);
    }

    /// One of several causes of a kind that a database can have at once, by its name.
    static AlertSubject of(AlertKind kind, DatabaseId database, String cause) {
        return new AlertSubject(kind, database, cause);
    }

    /// One of several causes of a kind that a database can have at once.
    static AlertSubject of(AlertKind kind, DatabaseId database, FailureCode cause) {
        return new AlertSubject(
                kind, database, cause.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /// The cause "this sink cannot be told anything".
    public static AlertSubject sink(String sink) {
        return new AlertSubject(AlertKind.SINK_BROKEN, null, sink);
    }
}
