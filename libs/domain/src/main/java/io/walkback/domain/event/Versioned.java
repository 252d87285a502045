package io.walkback.domain.event;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A value together with the version of the truth that it tells: the offset in `operation-log` that it stands for.
///
/// The order of arrival does not matter. A lower version never undoes a higher one, a repetition changes nothing,
/// and a completion that arrives before the start is kept (F18). Folding any permutation of the same records, with
/// any of them repeated, ends in the same value.
///
/// @param value what is known
/// @param version the offset that it stands for, never negative
public record Versioned<T>(T value, long version) {
    public Versioned {
        if (version < 0) {
            throw new IllegalArgumentException("a version is an offset and cannot be " + version);
        }
    }

    /// The later of what is known and what has arrived. Nothing known yet is null. Of two values that claim one
    /// version the known one stays, since a version is written once.
    public static <T> Versioned<T> join(@Nullable Versioned<T> known, Versioned<T> arrived) {
        return known == null || arrived.version > known.version ? arrived : known;
    }

    /// The version that `event` carries, empty where it projects nothing and must be taken as it comes.
    public static OptionalLong versionOf(Event event) {
        Long version = event.stateVersion();
        return version == null ? OptionalLong.empty() : OptionalLong.of(version);
    }
}
