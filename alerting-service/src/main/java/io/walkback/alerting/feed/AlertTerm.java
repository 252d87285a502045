package io.walkback.alerting.feed;

import io.walkback.alerting.delivery.DeliveryDesk;
import io.walkback.alerting.delivery.DeliveryMeter;
import io.walkback.alerting.rule.Signal;
import io.walkback.alerting.sink.AlertSink;
import io.walkback.alerting.state.AlertBook;
import io.walkback.alerting.state.AlertEntry;
import io.walkback.alerting.state.AlertJournal;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// The time during which this process is the one that tells. Thread-safe.
public final class AlertTerm implements AutoCloseable {
    private final AlertBook book;
    private final Pulse pulse;
    private final DeliveryDesk desk;

    AlertTerm(
            TopicReader.Kept kept,
            AlertJournal journal,
            List<AlertSink> sinks,
            DeliveryMeter meter,
            Pulse pulse,
            Clock clock) {
        this.pulse = pulse;
        this.book = new AlertBook(journal, clock, kept.states(), kept.deliveries());
        this.desk = DeliveryDesk.open(sinks, book, pulse::mayTell, meter, clock);
    }

    /// Folds `signal` in; durable when this returns. True when something changed.
    boolean apply(Signal signal) {
        pulse.beat();
        return book.apply(signal);
    }

    void idle() {
        pulse.idle();
    }

    /// Every alert, and what the sinks know of it.
    public Collection<AlertEntry> alerts() {
        return book.entries();
    }

    /// Why sinks are told nothing, by their names.
    public Map<String, String> brokenSinks() {
        return desk.broken();
    }

    @Override
    public void close() {
        desk.close();
    }
}
