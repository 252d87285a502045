package io.walkback.messaging.listener;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.listener.MessageListenerContainer;

/// Down as long as a listener that ought to run does not.
public final class ListenerHealth implements HealthIndicator {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerHealth.class);

    private final KafkaListenerEndpointRegistry listeners;

    ListenerHealth(KafkaListenerEndpointRegistry listeners) {
        this.listeners = listeners;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        for (MessageListenerContainer container : listeners.getAllListenerContainers()) {
            if (container.isAutoStartup() && !(container.isRunning() && container.isInExpectedState())) {
                health.down().withDetail(name(container), "stopped");
            }
        }
        return health.build();
    }

    @EventListener
    void onStopped(ConsumerStoppedEvent event) {
        if (event.getReason() != ConsumerStoppedEvent.Reason.NORMAL) {
            LOG.atError()
                    .addKeyValue("consumer", String.valueOf(event.getSource()))
                    .addKeyValue("reason", event.getReason())
                    .log("a consumer stopped without being told");
        }
    }

    private static String name(MessageListenerContainer container) {
        return String.valueOf(container.getListenerId());
    }
}
