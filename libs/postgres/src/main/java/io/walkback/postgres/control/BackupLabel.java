package io.walkback.postgres.control;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `backup_label`, which makes recovery start where the backup did. Stored byte for byte; this is only a view of it
/// (pitfall 22).
///
/// @param start       REDO position
/// @param startFile   name of the segment that holds it
/// @param checkpoint  the checkpoint's record
/// @param timeline    of `start`
/// @param fromStandby the copy was taken from a server in recovery
/// @param label       what the backup was called
public record BackupLabel(
        Lsn start, String startFile, Lsn checkpoint, TimelineId timeline, boolean fromStandby, String label) {
    private static final Pattern START = Pattern.compile("([0-9A-F]{1,8}/[0-9A-F]{1,8}) \\(file ([0-9A-F]{24})\\)");

    /// Parses the file; [CorruptDataException] (`OBJECT_CORRUPT`) if a line that recovery needs is missing or odd.
    public static BackupLabel parse(byte[] file) {
        Map<String, String> lines = new HashMap<>();
        new String(file, StandardCharsets.UTF_8).lines().forEach(line -> {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                lines.putIfAbsent(line.substring(0, colon), line.substring(colon + 2));
            }
        });
        try {
            Matcher start = START.matcher(required(lines, "START WAL LOCATION"));
            if (!start.matches()) {
                throw new IllegalArgumentException("START WAL LOCATION is '" + start.replaceAll("$0") + "'");
            }
            return new BackupLabel(
                    Lsn.parse(start.group(1)),
                    start.group(2),
                    Lsn.parse(required(lines, "CHECKPOINT LOCATION")),
                    new TimelineId(Integer.parseUnsignedInt(required(lines, "START TIMELINE"))),
                    required(lines, "BACKUP FROM").equals("standby"),
                    lines.getOrDefault("LABEL", ""));
        } catch (IllegalArgumentException odd) {
            throw new CorruptDataException(
                    FailureCode.OBJECT_CORRUPT,
                    "backup_label cannot be read: " + odd.getMessage(),
                    "Without it the copy would start from the wrong place: use another backup.",
                    odd);
        }
    }

    private static String required(Map<String, String> lines, String name) {
        String value = lines.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no line '" + name + "'");
        }
        return value;
    }
}
