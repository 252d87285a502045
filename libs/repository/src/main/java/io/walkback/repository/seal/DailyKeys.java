package io.walkback.repository.seal;

import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobKey;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which data key this process seals the WAL of each lineage with on a day (UTC). Thread-safe; keeps one id for
/// each lineage.
final class DailyKeys {
    private static final Logger LOG = LoggerFactory.getLogger(DailyKeys.class);
    /// Between two attempts to make a day's key that nobody waits for.
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private record Daily(LocalDate day, UUID keyId) {}

    private final Clock clock;
    private final Map<BlobKey, Daily> daily = new ConcurrentHashMap<>();
    private final Set<BlobKey> renewing = ConcurrentHashMap.newKeySet();

    DailyKeys(Clock clock) {
        this.clock = clock;
    }

    /// Today's key.
    ///
    /// @param make makes the key with an id; where it fails there is none
    UUID today(BlobKey lineage, Consumer<UUID> make) {
        LocalDate today = today();
        return daily.compute(lineage, (_, known) -> {
                    if (known != null && known.day().equals(today)) {
                        return known;
                    }
                    Daily fresh = new Daily(today, UUID.randomUUID());
                    make.accept(fresh.keyId());
                    return fresh;
                })
                .keyId();
    }

    /// Today's key, or the one before while today's is made on a thread of its own.
    ///
    /// @param make makes today's key, and is waited for where there is none before it
    UUID atOnce(BlobKey lineage, Supplier<UUID> make) {
        Daily known = daily.get(lineage);
        if (known == null) {
            return make.get();
        }
        if (!known.day().equals(today()) && renewing.add(lineage)) {
            Thread.ofVirtual().name("wal-key-" + lineage).start(() -> renew(lineage, make));
        }
        return known.keyId();
    }

    private void renew(BlobKey lineage, Supplier<UUID> make) {
        try {
            var _ = make.get();
        } catch (PlatformException later) {
            LOG.atWarn()
                    .setCause(later)
                    .addKeyValue("failureCode", later.code())
                    .log("today's key for wal cannot be made yet, the one before is used for what must not wait");
            LockSupport.parkNanos(AGAIN.toNanos());
        } finally {
            renewing.remove(lineage);
        }
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
