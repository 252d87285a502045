package io.walkback.standalone.demo;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What one step measured, by name, in the order in which it was found. For one thread.
final class Figures {
    private final Map<String, Object> values = new LinkedHashMap<>();

    Figures put(String name, Object value) {
        values.put(name, value instanceof Double number ? rounded(number) : value);
        return this;
    }

    Map<String, Object> values() {
        return Map.copyOf(values).isEmpty() ? Map.of() : new LinkedHashMap<>(values);
    }

    /// To the millisecond, which is finer than anything that is measured here.
    static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(figure -> figure.getKey() + "=" + text(figure.getValue()))
                .collect(Collectors.joining("  "));
    }

    private static String text(Object value) {
        return value instanceof Double number ? String.format(Locale.ROOT, "%.3f", number) : String.valueOf(value);
    }
}
