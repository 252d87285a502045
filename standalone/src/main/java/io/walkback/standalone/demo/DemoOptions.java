package io.walkback.standalone.demo;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.nio.file.Path;
import java.util.Optional;

/// What `walkback demo` is asked for.
///
/// @param major version of the PostgreSQL that is protected, 15 to 18, as far as the machine or the parts have it
/// @param json  file for the report; empty: none
/// @param keep  keep the folder also when everything held
public record DemoOptions(int major, Optional<Path> json, boolean keep) {
    private static final int OLDEST = 15;
    private static final int NEWEST = 18;

    public static final DemoOptions DEFAULT = new DemoOptions(NEWEST, Optional.empty(), false);

    public DemoOptions {
        if (major < OLDEST || major > NEWEST) {
            throw new OperatorActionException(
                    FailureCode.POSTGRES_VERSION,
                    "PostgreSQL " + major + " is not supported",
                    "Choose a version from " + OLDEST + " to " + NEWEST + ".");
        }
    }
}
