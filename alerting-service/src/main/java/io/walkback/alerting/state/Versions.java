package io.walkback.alerting.state;

import io.walkback.alerting.rule.Signal;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.AlertStatus;
import io.walkback.domain.event.Severity;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The newest failure per severity and the newest all-clear, by offset in the operation log: all that decides
/// whether a cause stands and how bad it is.
///
/// @param failures only those newer than `allClear`, since the others can never matter again
/// @param allClear -1 when there was none
record Versions(Map<Severity, Long> failures, long allClear) {
    private static final String ALL_CLEAR = AlertStatus.RESOLVED.name();

    Versions {
        failures = Map.copyOf(failures);
    }

    static Versions of(@Nullable AlertState alert) {
        if (alert == null) {
            return new Versions(Map.of(), -1);
        }
        Map<Severity, Long> failures = new EnumMap<>(Severity.class);
        for (Severity severity : Severity.values()) {
            Long version = alert.versions().get(severity.name());
            if (version != null) {
                failures.put(severity, version);
            }
        }
        return new Versions(failures, alert.versions().getOrDefault(ALL_CLEAR, -1L));
    }

    Map<String, Long> asMap() {
        Map<String, Long> written = new TreeMap<>();
        failures.forEach((severity, version) -> written.put(severity.name(), version));
        if (allClear >= 0) {
            written.put(ALL_CLEAR, allClear);
        }
        return written;
    }

    /// Where `signal` stands. One without a version is the newest that there is; log records lie between a failure
    /// and the all-clear after it, so that the place it takes is nobody else's.
    long place(Signal signal) {
        Long version = signal.version();
        if (version != null) {
            return version;
        }
        long highest = failures.values().stream().mapToLong(Long::longValue).reduce(allClear, Math::max);
        return highest + 1;
    }

    Versions withFailure(Severity severity, long version) {
        if (version <= allClear || version <= failures.getOrDefault(severity, -1L)) {
            return this;
        }
        Map<Severity, Long> more = new EnumMap<>(Severity.class);
        more.putAll(failures);
        more.put(severity, version);
        return new Versions(more, allClear);
    }

    Versions withAllClear(long version) {
        if (version <= allClear) {
            return this;
        }
        Map<Severity, Long> standing = new EnumMap<>(Severity.class);
        failures.forEach((severity, failure) -> {
            if (failure > version) {
                standing.put(severity, failure);
            }
        });
        return new Versions(standing, version);
    }

    Versions join(Versions other) {
        Versions joined = withAllClear(other.allClear);
        for (Map.Entry<Severity, Long> failure : other.failures.entrySet()) {
            joined = joined.withFailure(failure.getKey(), failure.getValue());
        }
        return joined;
    }

    /// The worst failure that no all-clear has ended.
    Optional<Severity> worst() {
        return failures.keySet().stream().max(Severity::compareTo);
    }
}
