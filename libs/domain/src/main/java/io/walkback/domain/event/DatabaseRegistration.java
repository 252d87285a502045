package io.walkback.domain.event;

import io.walkback.domain.SystemIdentifier;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A database that is protected, and how. Never a password: the connection names where the secret is kept.
///
/// @param header id, database, time and version of this record
/// @param connection host, port, dbname, user and options as a postgresql URL without a password
/// @param secretReference where the password is kept; null when none is needed
/// @param systemIdentifier the cluster that was adopted; null before the first contact
/// @param pgMajor its major version; null before the first contact
/// @param policy the whole policy
/// @param labels what a worker must offer, such as region
/// @param paused nothing is scheduled while this is set
/// @param registeredAt when it was first registered
public record DatabaseRegistration(
        EventHeader header,
        String connection,
        @Nullable String secretReference,
        @Nullable SystemIdentifier systemIdentifier,
        @Nullable Integer pgMajor,
        ProtectionPolicy policy,
        Map<String, String> labels,
        boolean paused,
        Instant registeredAt)
        implements State {
    public DatabaseRegistration {
        labels = Map.copyOf(labels);
        registeredAt = registeredAt.truncatedTo(ChronoUnit.MICROS);
    }
}
