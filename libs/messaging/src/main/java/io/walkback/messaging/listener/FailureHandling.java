package io.walkback.messaging.listener;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;

/// The one error handler of all listeners: an allow-list of what is tried again.
final class FailureHandling {
    private static final Logger LOG = LoggerFactory.getLogger(FailureHandling.class);
    private static final long FIRST_MILLIS = 250;
    /// Far below the time between two polls, which the wait is a part of.
    private static final long LONGEST_MILLIS = 10_000;
    private static final long JITTER_MILLIS = 100;
    /// What still fails after this is somebody's problem and must be seen.
    private static final long GIVE_UP_MILLIS = 600_000;

    private FailureHandling() {}

    static DefaultErrorHandler handler(DeadLetters deadLetters) {
        DefaultErrorHandler handler = new DefaultErrorHandler(deadLetters, backOff(GIVE_UP_MILLIS));
        handler.defaultFalse();
        handler.addRetryableExceptions(RetryableException.class);
        handler.setBackOffFunction((_, failure) -> isRegistryAway(failure) ? backOff(Long.MAX_VALUE) : null);
        handler.setRetryListeners((record, failure, attempt) -> retried(record, failure, attempt));
        return handler;
    }

    /// A registry that is away says nothing about a record, so no record is given up for it (F12).
    private static boolean isRegistryAway(@Nullable Throwable failure) {
        for (Throwable current = failure; current != null; current = current.getCause()) {
            if (current instanceof PlatformException named) {
                return named.code() == FailureCode.REGISTRY_UNAVAILABLE;
            }
        }
        return false;
    }

    private static BackOff backOff(long giveUpMillis) {
        ExponentialBackOff backOff = new ExponentialBackOff(FIRST_MILLIS, 2);
        backOff.setMaxInterval(LONGEST_MILLIS);
        backOff.setJitter(JITTER_MILLIS);
        backOff.setMaxElapsedTime(giveUpMillis);
        return backOff;
    }

    private static void retried(ConsumerRecord<?, ?> record, @Nullable Exception failure, int attempt) {
        LOG.atWarn()
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("attempt", attempt)
                .setCause(failure)
                .log("record not handled yet");
    }
}
