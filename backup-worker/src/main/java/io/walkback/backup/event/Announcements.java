package io.walkback.backup.event;

import io.walkback.domain.event.Event;

/// Where facts go. Thread-safe; never blocks and never fails.
@FunctionalInterface
public interface Announcements {
    void tell(Event event);
}
