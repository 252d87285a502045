package io.walkback.repository.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.retention.Candidate;
import io.walkback.domain.retention.Candidate.Span;
import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.domain.retention.KeepRules;
import io.walkback.domain.retention.Retention;
import io.walkback.domain.retention.RetentionPlan;
import io.walkback.domain.retention.RetentionPolicy;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// A repository with a backup a day, each with one file of its own and one that never changes, and a WAL segment a
/// day. The backup of day n spans segment n.
final class World {
    static final Instant T0 = Instant.parse("2026-03-01T00:00:00Z");
    static final int SEGMENT = Samples.GEOMETRY.walSegmentSize();
    /// A week, one backup at least, and nothing is too young.
    static final RetentionPolicy WEEK = new RetentionPolicy(
            Duration.ofDays(7), new KeepRules(0, null, 0, 0, 0, 0, 1, Duration.ofMillis(1), null), ZoneOffset.UTC);

    private final Path work;
    private final MovingClock clock;
    final MemoryBlobStore memory;
    final List<Candidate> catalog = new ArrayList<>();

    /// A log in memory, which can refuse.
    static final class Log implements ExpiryLog {
        final Set<BackupId> needed = new TreeSet<>();
        final Set<BackupId> marked = new TreeSet<>();
        final Map<BackupId, String> expired = new LinkedHashMap<>();
        final List<String> walGone = new ArrayList<>();
        Runnable beforeBatch = () -> {};

        @Override
        public Mark mark(BackupId backup) {
            if (needed.contains(backup)) {
                return Mark.NEEDED;
            }
            marked.add(backup);
            return Mark.MARKED;
        }

        @Override
        public void expired(BackupId backup, String reason) {
            expired.put(backup, reason);
        }

        @Override
        public void walGoes(SystemIdentifier system, TimelineId timeline, Lsn from, Lsn to) {
            walGone.add(timeline + " " + from + ".." + to);
        }

        @Override
        public void requireHeld() {
            beforeBatch.run();
        }
    }

    private static final class MovingClock extends Clock {
        private Instant now = T0;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private World(Path work, MovingClock clock, MemoryBlobStore memory) {
        this.work = work;
        this.clock = clock;
        this.memory = memory;
    }

    /// The same once more, to be changed on its own; their clock is one.
    World copy() {
        World copy = new World(work, clock, memory.copy());
        copy.catalog.addAll(catalog);
        return copy;
    }

    /// A world of `days`, seen in the evening of the last one.
    static World of(Path work, int days) {
        MovingClock clock = new MovingClock();
        World world = new World(work, clock, new MemoryBlobStore(clock));
        for (int day = 1; day <= days; day++) {
            world.at(day);
            world.wal(day);
            world.backUp(day);
        }
        world.at(days + 0.5);
        return world;
    }

    void at(double day) {
        clock.now = T0.plusSeconds((long) (day * 86_400));
    }

    Instant now() {
        return clock.now;
    }

    LineageRepository lineage(BlobStore store) {
        return Repository.init(store, clock).forWriting(Samples.SHOP, Samples.SYSTEM, Samples.GEOMETRY);
    }

    static WalSegment segment(int day) {
        return new WalSegment(TimelineId.FIRST, day, SEGMENT);
    }

    void wal(int day) {
        // Expiry goes by names and times and never opens one.
        memory.putIfAbsent(lineage(memory).lineage().segment(segment(day)), new byte[100]);
    }

    static BackupId id(int day) {
        return new BackupId("d" + day);
    }

    /// Commits a backup and writes it into the catalog.
    void backUp(int day) {
        commit(day, day == 1 ? Optional.empty() : Optional.of(id(day - 1)));
        catalog.add(candidate(day, Stage.COMPLETED, Set.of()));
    }

    void commit(int day, Optional<BackupId> previous) {
        try (BackupWriter writer =
                lineage(memory).newBackup(id(day), UUID.randomUUID(), previous, Set.of(), Samples.settings(work))) {
            Samples.write(writer, files(day));
            BackupFacts like = Samples.facts();
            writer.finish(new BackupFacts(
                    like.origin(),
                    like.server(),
                    new BackupFacts.WalSpan(
                            TimelineId.FIRST,
                            start(day),
                            TimelineId.FIRST,
                            start(day).plus(100),
                            Optional.empty()),
                    now().minusSeconds(600),
                    now(),
                    like.controlFiles(),
                    like.pageFindings(),
                    like.environment(),
                    like.software()));
        }
    }

    static Map<String, byte[]> files(int day) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("backup_label", Samples.file("backup_label"));
        files.put("base/1/2000", Samples.noise(20_000, 0));
        files.put("base/1/3000", Samples.noise(20_000, day));
        files.put("global/pg_control", Samples.file("global/pg_control"));
        return files;
    }

    private static Lsn start(int day) {
        return segment(day).start().plus(40);
    }

    void assertRestores(int day) {
        assertThat(Samples.read(lineage(memory), "d" + day))
                .usingRecursiveComparison()
                .isEqualTo(files(day));
    }

    Candidate candidate(int day, Stage stage, Set<String> pins) {
        Instant stopped = T0.plus(Duration.ofDays(day));
        return new Candidate(
                id(day),
                stage,
                stopped.minusSeconds(600),
                stage == Stage.UNFINISHED
                        ? null
                        : new Span(
                                Samples.SYSTEM,
                                TimelineId.FIRST,
                                start(day),
                                start(day).plus(100),
                                stopped),
                0,
                false,
                List.of(),
                pins);
    }

    void replace(int day, Stage stage, Set<String> pins) {
        catalog.replaceAll(one -> one.id().equals(id(day)) ? candidate(day, stage, pins) : one);
    }

    RepositoryExpiry expiry(BlobStore store) {
        return new RepositoryExpiry(Repository.open(store, clock), Samples.SHOP);
    }

    RetentionPlan plan(Survey survey) {
        return Retention.decide(WEEK, catalog, survey.wal(), clock.now, survey.storeNow());
    }

    ExpiryReport preview() {
        Survey survey = expiry(memory).survey();
        return expiry(memory).preview(plan(survey), catalog, survey);
    }

    ExpiryReport execute(BlobStore store, ExpiryLog log) throws InterruptedException {
        Survey survey = expiry(store).survey();
        return expiry(store).execute(plan(survey), catalog, survey, log);
    }

    /// Takes a manifest away, as if it were not committed yet, and gives what brings it back.
    Runnable uncommit(int day) {
        BlobKey key = lineage(memory).lineage().manifest(id(day));
        byte[] manifest = memory.bytes(key);
        memory.delete(key);
        return () -> memory.putIfAbsent(key, manifest);
    }

    /// As the catalog would, after the log has heard all that `log` heard.
    void follow(Log log) {
        catalog.removeIf(one -> log.expired.containsKey(one.id()));
        catalog.replaceAll(one -> log.marked.contains(one.id())
                ? new Candidate(
                        one.id(), Stage.EXPIRING, one.since(), one.span(), 0, false, Collections.emptyList(), Set.of())
                : one);
    }

    List<String> keys(String part) {
        return memory.keys().stream()
                .map(BlobKey::value)
                .filter(key -> key.contains(part))
                .toList();
    }
}
