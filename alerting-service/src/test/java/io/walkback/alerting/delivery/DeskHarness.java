package io.walkback.alerting.delivery;

import io.walkback.alerting.Facts;
import io.walkback.alerting.rule.AlertRules;
import io.walkback.alerting.sink.AlertSink;
import io.walkback.alerting.sink.Notice;
import io.walkback.alerting.sink.Outcome;
import io.walkback.alerting.state.AlertBook;
import io.walkback.alerting.state.AlertEntry;
import io.walkback.alerting.state.MemoryJournal;
import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.Severity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/// Reconcilers over a memory journal, driven step by step on a clock that jumps to whatever is due next.
final class DeskHarness {
    static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    final MemoryJournal journal = new MemoryJournal();
    Instant now = START;
    AlertBook book = journal.book(clock());
    final List<SinkReconciler> reconcilers = new ArrayList<>();

    Clock clock() {
        InstantSource source = () -> now;
        return source.withZone(ZoneOffset.UTC);
    }

    /// A sink that answers as scripted, and says yes when the script is at its end.
    static final class ScriptedSink implements AlertSink {
        final String name;
        final Severity from;
        final Rate rate;
        final List<String> told = new ArrayList<>();
        final List<Instant> at = new ArrayList<>();
        final Deque<Function<Notice, Outcome>> script = new ArrayDeque<>();
        private final DeskHarness harness;

        ScriptedSink(DeskHarness harness, String name, Severity from, Rate rate) {
            this.harness = harness;
            this.name = name;
            this.from = from;
            this.rate = rate;
        }

        void then(Outcome... outcomes) {
            for (Outcome outcome : outcomes) {
                script.add(_ -> outcome);
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Severity from() {
            return from;
        }

        @Override
        public Rate rate() {
            return rate;
        }

        @Override
        public Outcome tell(Notice notice) {
            told.add(notice.action() + " " + notice.alert().alertKey());
            at.add(harness.now);
            Function<Notice, Outcome> next = script.poll();
            return next == null ? new Outcome.Accepted() : next.apply(notice);
        }
    }

    ScriptedSink sink(String name, Severity from) {
        return sink(name, from, new AlertSink.Rate(6_000, 100));
    }

    ScriptedSink sink(String name, Severity from, AlertSink.Rate rate) {
        ScriptedSink sink = new ScriptedSink(this, name, from, rate);
        start(sink);
        return sink;
    }

    private void start(AlertSink sink) {
        SinkReconciler reconciler =
                new SinkReconciler(sink, book, () -> true, (_, _) -> {}, clock(), new Backoff(new Random(7)));
        book.follow(reconciler::changed);
        reconcilers.add(reconciler);
    }

    /// The process dies and another one reads what is on the topics.
    void restart(AlertSink... sinks) {
        reconcilers.clear();
        book = journal.book(clock());
        for (AlertSink sink : sinks) {
            start(sink);
        }
    }

    void happens(Event event) {
        AlertRules.signals(event).forEach(book::apply);
    }

    void backupFails(long version) {
        happens(Facts.backupFailed(Facts.SHOP, now, version, true, "down"));
    }

    void restoreFails(long version) {
        happens(Facts.restoreFailed(Facts.SHOP, now, version));
    }

    void restoreCompletes(long version) {
        happens(Facts.restoreCompleted(Facts.SHOP, now, version));
    }

    /// Lets all reconcilers work for `time`, jumping over what they would sleep.
    void passes(Duration time) throws InterruptedException {
        Instant end = now.plus(time);
        while (true) {
            Duration rest = Duration.ofDays(1);
            for (SinkReconciler reconciler : reconcilers) {
                Duration wanted = reconciler.step();
                rest = wanted.compareTo(rest) < 0 ? wanted : rest;
            }
            if (rest.isZero()) {
                continue;
            }
            Instant next = now.plus(rest).plusMillis(1);
            if (next.isAfter(end)) {
                now = end;
                return;
            }
            now = next;
        }
    }

    AlertDelivery delivery(String key, String sink) {
        AlertEntry entry = book.entry(key);
        AlertDelivery delivery = entry == null ? null : entry.delivery(sink);
        if (delivery == null) {
            throw new AssertionError("nothing was recorded for " + key + " at " + sink);
        }
        return delivery;
    }
}
