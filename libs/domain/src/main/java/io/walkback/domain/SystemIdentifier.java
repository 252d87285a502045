package io.walkback.domain;

/// What initdb stamps on a cluster: unsigned 64-bit, in `pg_control` and in the long header of each WAL segment.
/// Two clusters with one identifier are copies of one another.
public record SystemIdentifier(long value) {
    /// Parses the decimal form that `IDENTIFY_SYSTEM` and `pg_controldata` print.
    public static SystemIdentifier parse(String decimal) {
        try {
            return new SystemIdentifier(Long.parseUnsignedLong(decimal));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("not a system identifier: '" + decimal + "'", notANumber);
        }
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(value);
    }
}
