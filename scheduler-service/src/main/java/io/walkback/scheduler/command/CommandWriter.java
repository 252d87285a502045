package io.walkback.scheduler.command;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.AuditEntry;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.messaging.topic.Routes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes a command's records and its audit entry, all or nothing. Thread-safe; one transaction at a time, at most
/// ten seconds each.
public final class CommandWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommandWriter.class);

    private final Supplier<Producer<String, Object>> producers;
    private final Clock clock;
    private final AuditChain chain = new AuditChain("scheduler-service");
    private @Nullable Producer<String, Object> producer;

    /// Who did what, for the audit log.
    ///
    /// @param actor  the person or part that acted
    /// @param action what was done, `backup.request`
    /// @param subject what it was done to, an id
    public record Act(
            String actor,
            String action,
            String subject,
            @Nullable DatabaseId database,
            AuditOutcome outcome,
            @Nullable String requestId,
            Map<String, String> details) {
        public Act {
            details = Map.copyOf(details);
        }

        public static Act of(String actor, String action, String subject, DatabaseId database, AuditOutcome outcome) {
            return new Act(actor, action, subject, database, outcome, subject, Map.of());
        }
    }

    /// @param producers makes a transactional producer; asked again after a failure
    public CommandWriter(Supplier<Producer<String, Object>> producers, Clock clock) {
        this.producers = producers;
        this.clock = clock;
    }

    /// Writes `messages`, each to its own topic, and the audit entry of `act`. When it returns, readers see them
    /// all.
    ///
    /// @throws RetryableException when the brokers did not take them in time; whether they were taken in the end is
    ///     then unknown, so the same command must be sent again under the same id
    public void write(Act act, List<?> messages) {
        commit(act, messages.stream().map(Routes::record).toList());
    }

    /// Removes what stands under `keys` of a compacted topic.
    public void remove(Act act, String topic, List<String> keys) {
        commit(
                act,
                keys.stream()
                        .map(key -> new ProducerRecord<String, Object>(topic, key, null))
                        .toList());
    }

    private synchronized void commit(Act act, List<ProducerRecord<String, Object>> records) {
        AuditEntry entry = chain.next(
                new AuditChain.Draft(
                        act.actor(),
                        act.action(),
                        act.subject(),
                        act.database(),
                        act.outcome(),
                        act.requestId(),
                        act.details()),
                clock.instant());
        Producer<String, Object> open = null;
        try {
            open = open();
            open.beginTransaction();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (ProducerRecord<String, Object> record : records) {
                sent.add(open.send(record));
            }
            sent.add(open.send(Routes.record(entry)));
            open.commitTransaction();
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
            chain.written(entry);
        } catch (PlatformException refused) {
            // Refused before anything went out; the transaction is empty or is given up.
            abandon(open);
            throw refused;
        } catch (KafkaException | ExecutionException fault) {
            abandon(open);
            throw named(act, fault);
        } catch (InterruptedException interrupted) {
            abandon(open);
            Thread.currentThread().interrupt();
            throw named(act, interrupted);
        }
    }

    private Producer<String, Object> open() {
        if (producer == null) {
            Producer<String, Object> made = producers.get();
            try {
                made.initTransactions();
            } catch (KafkaException fault) {
                made.close(Duration.ZERO);
                throw fault;
            }
            producer = made;
        }
        return producer;
    }

    private void abandon(@Nullable Producer<String, Object> open) {
        chain.begin();
        producer = null;
        if (open != null) {
            try {
                // Its successor has the same transactional id, which aborts what this one left open.
                open.close(Duration.ZERO);
            } catch (KafkaException fault) {
                LOG.atDebug().setCause(fault).log("a failed producer did not close cleanly");
            }
        }
    }

    private static PlatformException named(Act act, Exception fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof PlatformException ours) {
                return ours;
            }
        }
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE,
                "Kafka did not take " + act.action() + " of '" + act.subject() + "': "
                        + fault.getClass().getSimpleName() + ": " + fault.getMessage(),
                "See whether the brokers are up, and send the same request again.",
                fault);
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
            producer = null;
        }
    }
}
