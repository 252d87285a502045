package io.walkback.testkit;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/// Whether integration tests take containers or local processes: the system property `walkback.it.containers`.
public enum ContainerMode {
    /// Containers when an engine answers.
    AUTO,
    /// Containers, and a failure without an engine.
    REQUIRED,
    /// Local processes.
    NEVER;

    /// The system property that chooses.
    public static final String PROPERTY = "walkback.it.containers";

    /// What the system property says, [#AUTO] when it is not set.
    static ContainerMode fromSystemProperty() {
        return of(System.getProperty(PROPERTY, AUTO.name()));
    }

    static ContainerMode of(String text) {
        return Arrays.stream(values())
                .filter(mode -> mode.name().equals(text.strip().toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException(PROPERTY + " must be auto, required or never, was " + text));
    }

    /// Whether containers are to be used.
    ///
    /// @param engine asked only when the answer matters
    /// @throws IllegalStateException when they are required and no engine answers
    boolean useContainers(BooleanSupplier engine) {
        return switch (this) {
            case NEVER -> false;
            case AUTO -> engine.getAsBoolean();
            case REQUIRED -> {
                if (!engine.getAsBoolean()) {
                    throw new IllegalStateException(
                            PROPERTY + "=required, and no container engine answers. Start one, or use auto.");
                }
                yield true;
            }
        };
    }
}
