package io.walkback.restore.proof;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// What was not covered: the first hundred, and how many more. Not thread-safe.
final class Omissions {
    static final int MOST = 100;

    private final List<String> first = new ArrayList<>();
    private long more;

    void add(String what) {
        if (first.size() < MOST - 1) {
            first.add(what);
        } else {
            more++;
        }
    }

    void addAll(Collection<String> several) {
        several.forEach(this::add);
    }

    List<String> list() {
        List<String> all = new ArrayList<>(first);
        if (more > 0) {
            all.add("and " + more + " more");
        }
        return all;
    }
}
