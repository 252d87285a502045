package io.walkback.domain.event;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What was told about one thing, by kinds of event: of each kind the one with the highest `stateVersion`.
/// Immutable.
///
/// The order of arrival does not matter (F18): a completion that comes first is kept and stays the newest, and the
/// start that comes after it fills in what it knows. One event per kind, so the size is bounded.
public final class ByVersion {
    private static final ByVersion NOTHING = new ByVersion(Map.of());
    private static final Comparator<Event> ORDER = Comparator.comparingLong(ByVersion::version);

    private final Map<Class<?>, Event> events;

    private ByVersion(Map<Class<?>, Event> events) {
        this.events = Map.copyOf(events);
    }

    public static ByVersion nothing() {
        return NOTHING;
    }

    /// With `event`, unless one of its kind with the same or a higher version is known.
    public ByVersion with(Event event) {
        Event known = events.get(event.getClass());
        if (known != null && ORDER.compare(event, known) <= 0) {
            return this;
        }
        Map<Class<?>, Event> more = new HashMap<>(events);
        more.put(event.getClass(), event);
        return new ByVersion(more);
    }

    /// The event of this kind.
    public <E extends Event> Optional<E> of(Class<E> kind) {
        return Optional.ofNullable(kind.cast(events.get(kind)));
    }

    /// The event with the highest version of all, empty when nothing was told.
    public Optional<Event> newest() {
        return events.values().stream().max(ORDER);
    }

    public Collection<Event> all() {
        return events.values();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByVersion that && events.equals(that.events);
    }

    @Override
    public int hashCode() {
        return events.hashCode();
    }

    @Override
    public String toString() {
        return events.values().toString();
    }

    /// An event that projects nothing comes before all that do.
    private static long version(Event event) {
        Long version = event.stateVersion();
        return version == null ? -1 : version;
    }
}
