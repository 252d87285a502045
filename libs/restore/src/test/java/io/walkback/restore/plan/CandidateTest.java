package io.walkback.restore.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.RecoveryTarget;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CandidateTest {
    private static Candidate candidate(String id, long start, long stop) {
        TimelineId one = TimelineId.FIRST;
        return new Candidate(
                new BackupId(id), one, new Lsn(start), one, new Lsn(stop), Instant.EPOCH.plusSeconds(stop));
    }

    @Test
    void pitfall38CountsABackupByItsStopAndNotByItsStart() {
        List<Candidate> all = List.of(candidate("a", 10, 20), candidate("b", 30, 50));
        assertThat(Candidate.before(new RecoveryTarget.Position(new Lsn(40)), all))
                .containsExactly(all.getFirst());
        assertThat(Candidate.before(new RecoveryTarget.Time(Instant.EPOCH.plusSeconds(40)), all))
                .containsExactly(all.getFirst());
    }

    @Test
    void pitfall39FindsNothingRatherThanTheLatest() {
        List<Candidate> all = List.of(candidate("a", 10, 20));
        assertThat(Candidate.before(new RecoveryTarget.Position(new Lsn(19)), all))
                .isEmpty();
        assertThat(Refusals.tooEarly(new RecoveryTarget.Position(new Lsn(19)), all))
                .hasMessageContaining("0/14")
                .hasMessageContaining("backup a");
        assertThat(Refusals.tooEarly(new RecoveryTarget.Latest(), List.of())).hasMessageContaining("no backup at all");
    }

    @Property
    void takesTheNewestOfThoseThatStopBeforeTheTarget(
            @ForAll @Size(max = 8) List<@IntRange(min = 1, max = 100) Integer> stops,
            @ForAll @IntRange(max = 110) int target) {
        List<Candidate> all = stops.stream()
                .map(stop -> candidate("b" + stop, stop - 1, stop))
                .toList();
        List<Candidate> before = Candidate.before(new RecoveryTarget.Position(new Lsn(target)), all);
        assertThat(before).allMatch(candidate -> candidate.stop().bytes() <= target);
        assertThat(before)
                .hasSize((int) stops.stream().filter(stop -> stop <= target).count());
        stops.stream().filter(stop -> stop <= target).max(Integer::compareTo).ifPresent(newest -> assertThat(
                        before.getFirst().stop())
                .isEqualTo(new Lsn(newest)));
    }
}
