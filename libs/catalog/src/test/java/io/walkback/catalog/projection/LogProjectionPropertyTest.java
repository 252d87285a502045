package io.walkback.catalog.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.Event;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LogProjectionPropertyTest {
    /// F02: a projector that dies between send and commit reads the same stretch again, from the state before it.
    @Property(tries = 300)
    void saysTheSameTwiceWhereverItStoppedAndBeganAnew(@ForAll long seed, @ForAll @IntRange(max = 60) int stop) {
        // Given
        List<OperationRecord> log = log(seed, 60);
        List<Projected> whole = project(log, new OperationFold(), 0);
        // When
        OperationFold snapshot = new OperationFold();
        List<Projected> first = project(log.subList(0, stop), snapshot, 0);
        OperationFold restored = new OperationFold();
        snapshot.all().forEach(restored::restore);
        restored.restoredUpTo(0, stop - 1);
        List<Projected> rest = project(log.subList(stop, log.size()), restored, stop);
        // Then
        List<Projected> joined = new ArrayList<>(first);
        joined.addAll(rest);
        assertThat(joined).isEqualTo(whole);
    }

    @Property(tries = 300)
    void neverGivesTwoEventsOneIdAndNeverTwoEndsToOneRequest(@ForAll long seed) {
        // When
        List<Projected> steps = project(log(seed, 120), new OperationFold(), 0);
        // Then
        Set<UUID> ids = new HashSet<>();
        Map<String, Integer> ends = new HashMap<>();
        for (Projected step : steps) {
            for (Event fact : step.facts()) {
                assertThat(ids.add(fact.eventId())).isTrue();
            }
            for (BackupCatalogEntry entry : step.backups()) {
                assertThat(ids.add(entry.header().eventId())).isTrue();
            }
            if (step.operation().state().isTerminal()) {
                ends.merge(step.operation().id().value(), 1, Integer::sum);
            }
        }
        assertThat(ends.values()).allMatch(count -> count == 1);
    }

    private static List<Projected> project(List<OperationRecord> log, OperationFold fold, long from) {
        List<Projected> steps = new ArrayList<>();
        long offset = from;
        for (OperationRecord record : log) {
            fold.apply(record, new Epoch("log", 0, offset++))
                    .ifPresent(change -> steps.add(LogProjection.project(change, fold, _ -> Stream.empty())));
        }
        return steps;
    }

    /// Records of three backups in any order, with claims that refer to places where a claim may or may not stand.
    private static List<OperationRecord> log(long seed, int length) {
        Random random = new Random(seed);
        History history = new History();
        for (int i = 0; i < length; i++) {
            String id = "b" + random.nextInt(3);
            Epoch epoch = new Epoch("log", 0, random.nextInt(Math.max(1, i)));
            switch (random.nextInt(6)) {
                case 0 -> history.openBackup(id, 1 + random.nextInt(3));
                case 1, 2 -> history.claim(id, 1 + random.nextInt(3));
                case 3 -> history.fail(id, epoch, random.nextBoolean());
                case 4 -> history.copy(id, epoch);
                default -> history.complete(id, epoch, History.facts(id));
            }
        }
        return history.records;
    }
}
