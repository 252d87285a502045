package io.walkback.operations.kafka;

import io.walkback.domain.RetryableException;
import io.walkback.domain.operation.WorkerId;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.Judge;
import io.walkback.operations.LeaseTimes;
import io.walkback.operations.LiveOperations;
import io.walkback.operations.OperationFollower;
import io.walkback.operations.OperationLog;
import io.walkback.operations.OperationWorker;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One process's part in the operations: follows the log, judges, and, given handlers, works.
///
/// Started once, closed once. Closing hands back what runs here, in at most half a minute.
public final class WorkerRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerRuntime.class);
    /// A decision that waits for the brokers holds up all others, and is made again anyway.
    private static final Map<String, Object> PRODUCER = Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 3_000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000,
            ProducerConfig.LINGER_MS_CONFIG, 0);
    /// @param node the host name that requests name
    /// @param startTimeout how long brokers and topics may be missing at start
    public record Settings(String node, LeaseTimes lease, Duration startTimeout) {}

    private final WorkerId id;
    private final Producer<String, Object> producer;
    private final OperationLog log;
    private final OperationFollower follower;
    private final Judge judge;
    private final Deque<AutoCloseable> open;

    private WorkerRuntime(
            WorkerId id,
            Producer<String, Object> producer,
            OperationLog log,
            OperationFollower follower,
            Judge judge,
            Deque<AutoCloseable> open) {
        this.id = id;
        this.producer = producer;
        this.log = log;
        this.follower = follower;
        this.judge = judge;
        this.open = open;
    }

    /// Builds and starts it all. Waits for brokers and topics, then throws the last
    /// [RetryableException]; does not wait for the log to be read, see [LiveOperations#awaitCaughtUp].
    ///
    /// @param handlers made from the live view, the log and the producer of this runtime; empty for a process that
    ///     only follows and judges
    /// @param onFatal called when a part of this can no longer work; the process must end then
    public static WorkerRuntime start(
            KafkaClients clients,
            Settings settings,
            Clock clock,
            Function<Parts, List<AttemptHandler>> handlers,
            Consumer<Throwable> onFatal)
            throws InterruptedException {
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            Admin admin = clients.admin(settings.node() + "-log-places");
            open.push(admin);
            LogPlaces places = awaitLog(admin, settings.startTimeout());
            Map<String, Object> producing = clients.messageProducer(settings.node() + "-operations");
            producing.putAll(PRODUCER);
            Producer<String, Object> producer = new KafkaProducer<>(producing);
            open.push(producer);
            OperationLog log = new KafkaOperationLog(producer);
            KafkaHeartbeats heartbeats = new KafkaHeartbeats(producer, clients.reader(settings.node() + "-heartbeats"));
            OperationFollower follower = new OperationFollower(
                    new KafkaLogReader(clients.reader(settings.node() + "-log"), places), clock, onFatal);
            open.push(follower);
            WorkerId id = new WorkerId(settings.node(), UUID.randomUUID());
            Judge judge = new Judge(id, settings.lease(), clock, follower.live(), heartbeats, log, onFatal);
            open.push(judge);
            List<AttemptHandler> able = handlers.apply(new Parts(id, follower.live(), log, producer));
            OperationWorker worker =
                    new OperationWorker(id, settings.lease(), clock, follower, log, heartbeats, able, onFatal);
            open.push(worker);
            worker.start();
            follower.start();
            judge.start();
            return new WorkerRuntime(id, producer, log, follower, judge, open);
        } catch (RuntimeException | InterruptedException fault) {
            closeAll(open);
            throw fault;
        }
    }

    /// What handlers may be built from.
    public record Parts(WorkerId worker, LiveOperations live, OperationLog log, Producer<String, Object> producer) {}

    private static LogPlaces awaitLog(Admin admin, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (true) {
            try {
                return new LogPlaces(admin);
            } catch (RetryableException away) {
                if (System.nanoTime() - deadline > 0) {
                    throw away;
                }
                LOG.atInfo().addKeyValue("failureCode", away.code()).log("operation log is not there yet, waiting");
                boolean _ = never.await(1, TimeUnit.SECONDS);
            }
        }
    }

    public WorkerId id() {
        return id;
    }

    public LiveOperations live() {
        return follower.live();
    }

    public OperationLog log() {
        return log;
    }

    public Judge judge() {
        return judge;
    }

    public Producer<String, Object> producer() {
        return producer;
    }

    @Override
    public void close() {
        closeAll(open);
    }

    private static void closeAll(Deque<AutoCloseable> open) {
        while (!open.isEmpty()) {
            AutoCloseable next = open.pop();
            try {
                next.close();
            } catch (Exception fault) {
                LOG.atWarn().setCause(fault).log("a part of the runtime did not close cleanly");
            }
        }
    }
}
