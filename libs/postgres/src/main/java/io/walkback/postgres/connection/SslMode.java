package io.walkback.postgres.connection;

import java.util.Locale;

/// libpq's `sslmode`: how much TLS is asked for, and what is checked of the server's certificate.
public enum SslMode {
    DISABLE,
    ALLOW,
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL;

    /// Reads `verify-full` and the like. Throws [IllegalArgumentException] for anything else.
    public static SslMode parse(String text) {
        for (SslMode mode : values()) {
            if (mode.parameter().equals(text)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(
                "sslmode must be disable, allow, prefer, require, verify-ca or verify-full, not '" + text + "'");
    }

    /// As a connection URL has it: `verify-full`.
    public String parameter() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
