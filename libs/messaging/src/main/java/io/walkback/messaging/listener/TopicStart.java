package io.walkback.messaging.listener;

import io.walkback.domain.RetryableException;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.topic.TopicAdmin;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Topics are there and right before anything reads or writes them. A misconfigured one stops the start; brokers
/// that are away are waited for, since they may come up at the same time as we do.
final class TopicStart implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(TopicStart.class);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final KafkaClients clients;
    private final String clientId;
    private final boolean singleBroker;
    private volatile boolean running;

    TopicStart(KafkaClients clients, String clientId, boolean singleBroker) {
        this.clients = clients;
        this.clientId = clientId;
        this.singleBroker = singleBroker;
    }

    @Override
    public void start() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (Admin admin = clients.admin(clientId + ".topics")) {
            while (!running) {
                try {
                    new TopicAdmin(admin, singleBroker).ensure();
                    running = true;
                } catch (RetryableException away) {
                    if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
                        throw away;
                    }
                    LOG.atWarn().setCause(away).log("waiting for the brokers");
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
        }
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /// Before everything else that has a life.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 100;
    }
}
