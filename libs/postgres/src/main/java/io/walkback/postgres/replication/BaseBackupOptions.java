package io.walkback.postgres.replication;

import java.time.Duration;
import java.util.OptionalInt;

/// How a base backup is asked for. Not asked for: WAL (it comes by streaming or archiving), waiting for archiving,
/// and checksum verification by the server, which would fail the whole backup at its end for one bad page.
///
/// @param label            what `backup_label` says, 1..255 characters without control characters
/// @param fastCheckpoint   start at once at the price of a burst of writes, or wait for a spread checkpoint
/// @param maxRateKilobytes the server sends at most this many KiB a second, 32..1048576
/// @param checkpointLimit  how long the checkpoint before the first byte may take
public record BaseBackupOptions(
        String label, boolean fastCheckpoint, OptionalInt maxRateKilobytes, Duration checkpointLimit) {
    public BaseBackupOptions {
        if (label.isEmpty() || label.length() > 255 || label.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a label has 1..255 characters, none of them a control character");
        }
        if (maxRateKilobytes.isPresent()
                && (maxRateKilobytes.getAsInt() < 32 || maxRateKilobytes.getAsInt() > 1_048_576)) {
            throw new IllegalArgumentException(
                    "the rate must be 32..1048576 KiB a second, was " + maxRateKilobytes.getAsInt());
        }
    }

    /// No limit on the rate, a fast checkpoint that may take an hour.
    public static BaseBackupOptions fast(String label) {
        return new BaseBackupOptions(label, true, OptionalInt.empty(), Duration.ofHours(1));
    }

    String command() {
        StringBuilder command = new StringBuilder("BASE_BACKUP (LABEL '")
                .append(label.replace("'", "''"))
                .append("', PROGRESS true, CHECKPOINT '")
                .append(fastCheckpoint ? "fast" : "spread")
                .append("', WAL false, WAIT false, MANIFEST 'yes', MANIFEST_CHECKSUMS 'CRC32C', VERIFY_CHECKSUMS"
                        + " false");
        maxRateKilobytes.ifPresent(rate -> command.append(", MAX_RATE ").append(rate));
        return command.append(')').toString();
    }
}
