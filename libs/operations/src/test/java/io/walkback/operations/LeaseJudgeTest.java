package io.walkback.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.operation.Epoch;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LeaseJudgeTest {
    private static final LeaseTimes TIMES = new LeaseTimes(Duration.ofSeconds(60));
    private static final Epoch EPOCH = new Epoch("log", 0, 7);
    private static final List<Epoch> HELD = List.of(EPOCH);

    private final LeaseJudge judge = new LeaseJudge(TIMES);
    private long nanos = 5;

    private List<Epoch> after(int seconds, boolean listening) {
        nanos += Duration.ofSeconds(seconds).toNanos();
        return judge.tick(HELD, nanos, listening);
    }

    @Test
    void losesAnAttemptThatIsSilentForAWholeLease() {
        after(1, true);
        for (int i = 0; i < 11; i++) {
            assertThat(after(5, true)).isEmpty();
        }
        assertThat(after(5, true)).containsExactly(EPOCH);
        // And says so until it was heard.
        assertThat(after(5, true)).containsExactly(EPOCH);
        assertThat(judge.silenceOf(EPOCH)).hasSeconds(65);
    }

    @Test
    void startsAnewWithEachHeartbeat() {
        after(1, true);
        for (int i = 0; i < 40; i++) {
            assertThat(after(5, true)).isEmpty();
            if (i % 10 == 0) {
                judge.heard(EPOCH);
            }
        }
    }

    @Test // F09
    void startsAnewAfterTheBrokerWasAway() {
        after(1, true);
        after(5, true);
        for (int i = 0; i < 100; i++) {
            assertThat(after(5, false)).isEmpty();
        }
        for (int i = 0; i < 12; i++) {
            assertThat(after(5, true)).as("look %d after the outage", i).isEmpty();
        }
        assertThat(after(5, true)).containsExactly(EPOCH);
    }

    @Test // F06
    void startsAnewAfterItStoodStillItself() {
        after(1, true);
        after(15, true);
        assertThat(after(900, true)).isEmpty();
        assertThat(judge.silenceOf(EPOCH)).isZero();
    }

    @Property
    void neverLosesAnAttemptThatIsHeardWithinEachLease(
            @ForAll @Size(max = 200) List<@IntRange(min = 1, max = 30) Integer> seconds, @ForAll long answers) {
        LeaseJudge any = new LeaseJudge(TIMES);
        long now = 0;
        long heardAt = 0;
        for (int i = 0; i < seconds.size(); i++) {
            now += Duration.ofSeconds(seconds.get(i)).toNanos();
            if (now - heardAt > TIMES.heartbeat().toNanos()) {
                any.heard(EPOCH);
                heardAt = now;
            }
            assertThat(any.tick(HELD, now, (answers >> (i % 64) & 1) == 0)).isEmpty();
        }
    }

    @Test
    void forgetsWhatIsNoLongerHeld() {
        after(1, true);
        after(5, true);
        judge.tick(List.of(), nanos, true);
        assertThat(judge.silenceOf(EPOCH)).isZero();
    }
}
