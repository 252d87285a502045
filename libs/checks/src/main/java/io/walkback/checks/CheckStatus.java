package io.walkback.checks;

import java.util.Locale;

/// How a check came out; the order is from good to bad.
public enum CheckStatus {
    OK,
    /// Could not be made: another check failed first, or this process cannot see it.
    SKIPPED,
    /// Backups work; something will hurt later.
    WARNING,
    FAILED;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
