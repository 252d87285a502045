package io.walkback.alerting.sink;

import io.walkback.alerting.rule.AlertKind;
import io.walkback.domain.event.AlertState;
import java.util.Arrays;

/// The kind of an alert that was read from the topic, where a newer version may have written one that is unknown
/// here.
final class Titles {
    private Titles() {}

    static String of(AlertState alert) {
        return Arrays.stream(AlertKind.values())
                .filter(kind -> kind.id().equals(alert.kind()))
                .map(AlertKind::title)
                .findFirst()
                .orElse(alert.kind());
    }

    static String component(AlertState alert) {
        return Arrays.stream(AlertKind.values())
                .filter(kind -> kind.id().equals(alert.kind()))
                .map(AlertKind::component)
                .findFirst()
                .orElse("walkback");
    }
}
