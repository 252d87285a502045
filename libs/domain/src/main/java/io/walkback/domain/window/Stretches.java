package io.walkback.domain.window;

import io.walkback.domain.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is there of one timeline's WAL: stretches in order, none of which touches the next, so that every end but
/// the last is a hole. Immutable; each step costs as much as there are holes.
public final class Stretches {
    public static final Stretches NONE = new Stretches(List.of());

    private final List<Stretch> list;

    private Stretches(List<Stretch> list) {
        this.list = List.copyOf(list);
    }

    public List<Stretch> list() {
        return list;
    }

    public boolean isEmpty() {
        return list.isEmpty();
    }

    /// With these bytes too.
    public Stretches plus(Stretch added) {
        List<Stretch> result = new ArrayList<>(list.size() + 1);
        Stretch grown = added;
        int at = 0;
        while (at < list.size() && list.get(at).to().isBefore(added.from())) {
            result.add(list.get(at++));
        }
        while (at < list.size() && list.get(at).touches(grown)) {
            Stretch joined = list.get(at++);
            grown = new Stretch(
                    joined.from().isBefore(grown.from()) ? joined.from() : grown.from(),
                    Lsn.max(joined.to(), grown.to()));
        }
        result.add(grown);
        result.addAll(list.subList(at, list.size()));
        return new Stretches(result);
    }

    /// Without these bytes.
    public Stretches minus(Stretch removed) {
        List<Stretch> result = new ArrayList<>(list.size() + 1);
        for (Stretch each : list) {
            if (each.from().isBefore(removed.from())) {
                result.add(new Stretch(each.from(), each.to().isBefore(removed.from()) ? each.to() : removed.from()));
            }
            if (each.to().isAfter(removed.to())) {
                result.add(new Stretch(Lsn.max(each.from(), removed.to()), each.to()));
            }
        }
        return new Stretches(result);
    }

    /// What is not there between the first byte and the last.
    public List<Stretch> holes() {
        List<Stretch> holes = new ArrayList<>();
        for (int i = 1; i < list.size(); i++) {
            holes.add(new Stretch(list.get(i - 1).to(), list.get(i).from()));
        }
        return holes;
    }

    /// How far one can read from `position` on: the first byte that is not there. Empty when not even that at
    /// `position` is.
    public Optional<Lsn> reach(Lsn position) {
        int low = 0;
        int high = list.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Stretch each = list.get(middle);
            if (each.contains(position)) {
                return Optional.of(each.to());
            }
            if (position.isBefore(each.from())) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Stretches stretches && list.equals(stretches.list);
    }

    @Override
    public int hashCode() {
        return list.hashCode();
    }

    @Override
    public String toString() {
        return list.toString();
    }
}
