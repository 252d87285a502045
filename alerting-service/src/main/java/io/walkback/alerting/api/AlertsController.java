package io.walkback.alerting.api;

import io.walkback.alerting.feed.AlertTerm;
import io.walkback.alerting.state.AlertEntry;
import io.walkback.alerting.state.AlertFold;
import io.walkback.domain.event.AlertState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// `GET /api/alerts`: those that stand, the worst and oldest first, then those that ended within 7 days, the newest
/// first; at most 1,000.
@RestController
public class AlertsController {
    static final int MOST = 1_000;
    static final Duration RECENT = Duration.ofDays(7);

    private static final Comparator<AlertState> OPEN_FIRST = Comparator.comparing(
                    (AlertState alert) -> !AlertFold.isOpen(alert))
            .thenComparing((left, right) -> AlertFold.isOpen(left)
                    ? right.severity().compareTo(left.severity())
                    : right.updatedAt().compareTo(left.updatedAt()))
            .thenComparing(AlertState::since)
            .thenComparing(AlertState::alertKey);

    private final Supplier<Optional<AlertTerm>> term;
    private final Clock clock;

    public AlertsController(Supplier<Optional<AlertTerm>> term, Clock clock) {
        this.term = term;
        this.clock = clock;
    }

    /// @param brokenSinks why sinks are told nothing, by their names
    record AlertList(List<AlertView> alerts, Map<String, String> brokenSinks, boolean truncated) {}

    /// 503 from a process that stands by: another one knows.
    @GetMapping("/api/alerts")
    ResponseEntity<?> alerts() {
        Optional<AlertTerm> current = term.get();
        if (current.isEmpty()) {
            ProblemDetail standby = ProblemDetail.forStatusAndDetail(
                    HttpStatus.SERVICE_UNAVAILABLE, "this process stands by, another one tells people and knows");
            standby.setProperty("code", "STANDBY");
            return ResponseEntity.of(standby).build();
        }
        List<AlertEntry> shown = current.get().alerts().stream()
                .filter(entry -> isShown(entry.state(), clock.instant()))
                .sorted(Comparator.comparing(AlertEntry::state, OPEN_FIRST))
                .toList();
        return ResponseEntity.ok(new AlertList(
                shown.stream().limit(MOST).map(AlertView::of).toList(),
                current.get().brokenSinks(),
                shown.size() > MOST));
    }

    static boolean isShown(AlertState alert, Instant now) {
        return AlertFold.isOpen(alert)
                || (alert.count() > 0 && alert.updatedAt().plus(RECENT).isAfter(now));
    }
}
