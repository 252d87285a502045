package io.walkback.operations;

import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.Resource;
import io.walkback.domain.operation.WorkerId;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// A worker process in miniature: follower, judge and worker over one [FakeBroker].
final class TestWorker implements AutoCloseable {
    static final LeaseTimes TIMES = new LeaseTimes(Duration.ofMillis(1200));

    final WorkerId id;
    final AtomicBoolean muted = new AtomicBoolean();
    final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
    final Queue<Throwable> fatal = new ConcurrentLinkedQueue<>();
    final OperationFollower follower;
    private final OperationWorker worker;
    private final Judge judge;

    interface Work {
        AttemptHandler.Result run(Attempt attempt) throws InterruptedException;
    }

    TestWorker(String name, FakeBroker broker, Clock clock, int slots, Work work) {
        this(name, broker, clock, slots, Duration.ofHours(1), work);
    }

    TestWorker(String name, FakeBroker broker, Clock clock, int slots, Duration patience, Work work) {
        this.id = new WorkerId(name, UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
        this.follower = new OperationFollower(broker.reader(), clock, fatal::add);
        HeartbeatChannel channel = broker.channel(muted);
        this.judge = new Judge(id, TIMES, clock, follower.live(), channel, broker, fatal::add);
        this.worker = new OperationWorker(
                id, TIMES, clock, follower, broker, channel, List.of(handler(slots, patience, work)), fatal::add);
        worker.start();
        follower.start();
        judge.start();
    }

    private AttemptHandler handler(int slots, Duration patience, Work work) {
        return new AttemptHandler() {
            @Override
            public OperationKind kind() {
                return OperationKind.BACKUP;
            }

            @Override
            public int slots() {
                return slots;
            }

            @Override
            public Duration patience() {
                return patience;
            }

            @Override
            public boolean canDo(Operation operation) {
                return true;
            }

            @Override
            public Needs needs(Operation operation) {
                return new Needs(Set.of(Resource.base(operation.database())), Set.of());
            }

            @Override
            public Result run(Attempt attempt) throws InterruptedException {
                attempts.add(attempt);
                return work.run(attempt);
            }
        };
    }

    @Override
    public void close() {
        worker.close();
        judge.close();
        follower.close();
    }
}
