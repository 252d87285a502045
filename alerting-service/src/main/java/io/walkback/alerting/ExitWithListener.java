package io.walkback.alerting;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.event.ConsumerFailedToStartEvent;
import org.springframework.kafka.event.ConsumerStoppedEvent;

/// A process that hears nothing must not look alive: when the listener ends on its own, so does the process, with
/// exit status 70, and whoever runs it starts another.
final class ExitWithListener {
    static final int SOFTWARE_FAILURE = 70;

    private static final Logger LOG = LoggerFactory.getLogger(ExitWithListener.class);

    private final ConfigurableApplicationContext context;
    private final IntConsumer exit;
    private final AtomicBoolean exiting = new AtomicBoolean();

    ExitWithListener(ConfigurableApplicationContext context, IntConsumer exit) {
        this.context = context;
        this.exit = exit;
    }

    @EventListener
    void onStopped(ConsumerStoppedEvent event) {
        if (event.getReason() != ConsumerStoppedEvent.Reason.NORMAL) {
            end(event.getReason().toString());
        }
    }

    @EventListener
    void onFailedToStart(ConsumerFailedToStartEvent event) {
        end("failed to start");
    }

    private void end(String reason) {
        if (!exiting.compareAndSet(false, true)) {
            return;
        }
        LOG.atError().addKeyValue("reason", reason).log("the listener stopped, so this process ends");
        // Not on the consumer's own thread, which closing the context waits for.
        Thread.ofPlatform()
                .name("exit")
                .start(() -> exit.accept(SpringApplication.exit(context, () -> SOFTWARE_FAILURE)));
    }
}
