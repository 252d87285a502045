package io.walkback.alerting.sink;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What came of telling a sink. A reason is one printable line without a secret.
public sealed interface Outcome {
    /// The service has it.
    record Accepted() implements Outcome {}

    /// Not now, or nobody knows: no answer, 408, 429, 5xx.
    ///
    /// @param after how long the service wants to be left alone, null when it did not say
    record TryLater(String reason, @Nullable Duration after) implements Outcome {}

    /// The service will never take this one; another one may do.
    record Refused(String reason) implements Outcome {}

    /// The service takes nothing until a person changes a setting here or there.
    record Broken(String reason) implements Outcome {}
}
