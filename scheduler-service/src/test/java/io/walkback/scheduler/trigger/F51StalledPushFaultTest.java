package io.walkback.scheduler.trigger;

import static io.walkback.scheduler.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.WalChecked;
import io.walkback.domain.window.WindowFold;
import io.walkback.postgres.connection.WalPosition;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.WalSamples;
import io.walkback.scheduler.command.Sent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// F51 where the server pushes its WAL: stalled or idle is told apart by where the server's WAL ends.
class F51StalledPushFaultTest {
    private static final long BYTES = 1_000;

    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);
    private final WindowFold index = new WindowFold();
    private final AtomicInteger answers = new AtomicInteger();
    private final List<Throwable> fatal = new CopyOnWriteArrayList<>();
    private volatile Supplier<WalPosition> server = () -> at(5, 0, Duration.ofMinutes(5));
    private final PushedWal pushed = new PushedWal(filled.state, this::answer, sent.clock, fatal::add);
    private final WalWatch watch = new WalWatch(filled.state, Map::of, pushed, sent.commands, sent.clock);

    @BeforeEach
    void register() {
        DatabaseRegistration streaming = Samples.database("shop", "0 0 2 * * *", true);
        filled.put(
                new DatabaseRegistration(
                        streaming.id(),
                        streaming.connection(),
                        streaming.system(),
                        streaming.policy().pushed(),
                        streaming.labels()),
                NOW);
    }

    @AfterEach
    void close() {
        pushed.close();
        filled.close();
        sent.commands.close();
        assertThat(fatal).isEmpty();
    }

    private WalPosition answer(DatabaseRegistration asked) {
        try {
            return server.get();
        } finally {
            answers.incrementAndGet();
        }
    }

    private static WalPosition at(long segment, long bytes, Duration archiveTimeout) {
        return new WalPosition(TimelineId.FIRST, WalSamples.lsn(segment).plus(bytes), archiveTimeout, -1, 1L << 30);
    }

    private void archive(long segment) {
        index.apply(WalSamples.archived("shop", segment, null, sent.clock.instant()));
        index.drain().values().forEach(chunk -> filled.put(chunk.orElseThrow(), sent.clock.instant()));
    }

    /// Minute by minute; each look is over before the next.
    private void pass(Duration time) {
        for (Duration left = time; left.isPositive(); left = left.minus(PushedWal.EVERY)) {
            sent.clock.advance(PushedWal.EVERY);
            int before = answers.get();
            watch.tick();
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> answers.get() > before && pushed.isQuiet());
        }
        sent.clock.advance(WalWatch.EVERY);
        watch.tick();
    }

    private List<@Nullable Instant> told() {
        return sent.messages(WalChecked.class).map(WalChecked::exposedSince).toList();
    }

    private String seen() {
        return String.valueOf(sent.messages(WalChecked.class).toList().getLast().seen());
    }

    @Test // F51, pitfall 14
    void aServerThatHasWrittenNothingSinceItsLastSegmentIsWell() {
        archive(4);
        pass(Duration.ofHours(5));
        assertThat(told()).hasSize(1).containsOnlyNulls();
    }

    @Test // F51, pitfall 14
    void anIdleServerWhoseUnfinishedSegmentHoldsOnlyHousekeepingIsWellWithAnArchiveTimeout() {
        archive(4);
        server = () -> at(5, BYTES, Duration.ofMinutes(5));
        pass(Duration.ofHours(5));
        assertThat(told()).hasSize(1).containsOnlyNulls();
    }

    @Test // F51
    void withoutAnArchiveTimeoutAnUnfinishedSegmentIsExposedSinceTheOneBefore() {
        archive(4);
        pass(Duration.ofHours(3));
        server = () -> at(5, BYTES, Duration.ZERO);
        Instant written = sent.clock.instant();
        pass(Duration.ofMinutes(58));
        assertThat(told()).containsOnlyNulls();
        pass(Duration.ofMinutes(5));
        assertThat(told()).hasSize(2);
        assertThat(told().getLast()).isBetween(written.minus(Duration.ofMinutes(2)), written);
        assertThat(seen()).contains("archive_timeout = 0");
    }

    @Test // F51, pitfall 13: an archive_command that fails, hangs or throws away
    void aSegmentThatDoesNotArriveAlarmsOnceAndItsArrivalEndsIt() {
        archive(4);
        pass(Duration.ofMinutes(3));
        server = () -> at(6, BYTES, Duration.ofMinutes(5));
        pass(Duration.ofMinutes(58));
        assertThat(told()).containsOnlyNulls();
        pass(Duration.ofHours(2));
        assertThat(told()).hasSize(2).last().isNotNull();
        assertThat(seen()).contains("segments after 000000010000000000000004 have not arrived");
        archive(5);
        pass(Duration.ofMinutes(2));
        assertThat(told()).hasSize(3);
        assertThat(told().getLast()).isNull();
    }

    @Test // F51
    void aServerThatIsAwayAlarmsUnlessItsWalArrives() {
        server = () -> {
            throw new RetryableException(FailureCode.POSTGRES_UNREACHABLE, "db:5432 refuses", "Look at it.");
        };
        for (int segment = 1; segment < 10; segment++) {
            archive(segment);
            pass(Duration.ofMinutes(30));
        }
        assertThat(told()).hasSize(1).containsOnlyNulls();
        pass(Duration.ofHours(2));
        assertThat(told()).hasSize(2).last().isNotNull();
        assertThat(seen()).contains("the server could not be asked", "db:5432 refuses");
    }

    @Test // F51
    void oneThatNeverArchivedAnythingAlarmsAfterTheFirstHour() {
        pass(Duration.ofMinutes(58));
        assertThat(told()).isEmpty();
        pass(Duration.ofMinutes(5));
        assertThat(told()).hasSize(1).doesNotContainNull();
    }
}
