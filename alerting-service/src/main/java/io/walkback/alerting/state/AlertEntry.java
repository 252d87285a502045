package io.walkback.alerting.state;

import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.AlertState;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One alert and what each sink has been told of it.
///
/// @param deliveries by sink
public record AlertEntry(AlertState state, Map<String, AlertDelivery> deliveries) {
    public AlertEntry {
        deliveries = Map.copyOf(deliveries);
    }

    public @Nullable AlertDelivery delivery(String sink) {
        return deliveries.get(sink);
    }

    AlertEntry with(AlertState newer) {
        return new AlertEntry(newer, deliveries);
    }

    AlertEntry with(AlertDelivery delivery) {
        Map<String, AlertDelivery> more = new TreeMap<>(deliveries);
        more.put(delivery.sink(), delivery);
        return new AlertEntry(state, more);
    }

    static AlertEntry of(AlertState state, Collection<AlertDelivery> deliveries) {
        AlertEntry entry = new AlertEntry(state, Map.of());
        for (AlertDelivery delivery : deliveries) {
            entry = entry.with(delivery);
        }
        return entry;
    }
}
