package io.walkback.alerting.feed;

import io.walkback.alerting.rule.AlertRules;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.Event;
import io.walkback.schemas.Topics;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.event.ListenerContainerIdleEvent;
import org.springframework.kafka.listener.ConsumerSeekAware;

/// Facts that alarm, from all their topics on one thread. Whoever holds [#ANCHOR] tells. Everything here runs on
/// the consumer's thread.
public final class FactListener implements ConsumerSeekAware {
    static final TopicPartition ANCHOR = new TopicPartition(Topics.BACKUP_FAILED.name(), 0);
    private static final String ID = "alerting-service.facts";
    private static final Logger LOG = LoggerFactory.getLogger(FactListener.class);

    private final AlertTerms terms;
    private boolean anchored;

    public FactListener(AlertTerms terms) {
        this.terms = terms;
    }

    @KafkaListener(
            id = ID,
            groupId = "alerting-service",
            topics = {
                "backup-failed",
                "backup-completed",
                "restore-failed",
                "restore-completed",
                "repository-finding",
                "wal-gap-detected",
                "wal-gap-closed",
                "copies-checked",
                "wal-checked",
                "slot-checked",
                "commits-checked",
                "proof-checked",
                "drill-completed",
                "drill-failed",
                "verification-completed",
                "verification-failed"
            },
            containerPostProcessor = "idleEvents",
            properties = "partition.assignment.strategy=io.walkback.alerting.feed.SoleOwnerAssignor")
    void onFact(Event fact) {
        AlertTerm term = term().orElseThrow(FactListener::elsewhere);
        AlertRules.signals(fact).forEach(signal -> {
            boolean changed = term.apply(signal);
            LOG.atInfo()
                    .addKeyValue("eventId", fact.eventId())
                    .addKeyValue("alertKey", signal.subject().key())
                    .addKeyValue("stateVersion", fact.stateVersion())
                    .addKeyValue("changed", changed)
                    .log("fact folded into its alert");
        });
    }

    @Override
    public void onPartitionsAssigned(Map<TopicPartition, Long> assigned, ConsumerSeekCallback seeks) {
        if (assigned.containsKey(ANCHOR)) {
            anchored = true;
        }
    }

    @Override
    public void onPartitionsRevoked(@Nullable Collection<TopicPartition> revoked) {
        if (revoked != null && revoked.contains(ANCHOR)) {
            anchored = false;
            terms.end();
        }
    }

    @EventListener(condition = "event.listenerId.startsWith('" + ID + "')")
    void onIdle(ListenerContainerIdleEvent idle) {
        term().ifPresent(AlertTerm::idle);
    }

    /// The term, begun when there is something to do and not in the middle of a rebalance: what fails here is tried
    /// again with the next fact or the next idle second.
    private Optional<AlertTerm> term() {
        if (anchored && terms.current().isEmpty()) {
            terms.begin();
        }
        return terms.current();
    }

    private static RetryableException elsewhere() {
        return new RetryableException(
                FailureCode.LEASE_LOST,
                "another process holds partition " + ANCHOR + " and tells people",
                "Nothing to do: the group hands the rest over in a moment.");
    }
}
