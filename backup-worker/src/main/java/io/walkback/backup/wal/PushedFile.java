package io.walkback.backup.wal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import java.util.regex.Pattern;

/// What PostgreSQL hands to an `archive_command`, by its name.
sealed interface PushedFile {
    /// `00000001000000000000000A`.
    record Segment(String name) implements PushedFile {}

    /// `00000001000000000000000A.partial`: how far the old timeline got before a promotion.
    record Partial(String name) implements PushedFile {
        /// Of the segment that it is the beginning of.
        String segmentName() {
            return name.substring(0, name.length() - PARTIAL.length());
        }
    }

    /// `00000002.history`.
    record History(String name, TimelineId timeline) implements PushedFile {}

    /// `00000001000000000000000A.00000028.backup`: a note about a base backup.
    record BackupNote(String name) implements PushedFile {}

    String PARTIAL = ".partial";
    Pattern HISTORY = Pattern.compile("([0-9A-F]{8})\\.history");
    Pattern NOTE = Pattern.compile("[0-9A-F]{24}\\.[0-9A-F]{8}\\.backup");

    String name();

    /// `REQUEST_INVALID` for a name that PostgreSQL gives no file.
    static PushedFile parse(String name) {
        var history = HISTORY.matcher(name);
        try {
            if (history.matches()) {
                return new History(name, new TimelineId(Integer.parseUnsignedInt(history.group(1), 16)));
            }
        } catch (IllegalArgumentException _) {
            throw refused(name);
        }
        if (WalSegment.isSegmentName(name)) {
            return new Segment(name);
        }
        if (NOTE.matcher(name).matches()) {
            return new BackupNote(name);
        }
        if (name.endsWith(PARTIAL) && WalSegment.isSegmentName(name.substring(0, name.length() - PARTIAL.length()))) {
            return new Partial(name);
        }
        throw refused(name);
    }

    /// The segment of that name in a cluster with segments of `size`; `REQUEST_INVALID` where it has none.
    static WalSegment segment(String name, int size) {
        try {
            return WalSegment.parse(name, size);
        } catch (IllegalArgumentException unfit) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_INVALID,
                    String.valueOf(unfit.getMessage()),
                    "See whether this archive_command belongs to that cluster.",
                    unfit);
        }
    }

    private static OperatorActionException refused(String name) {
        return new OperatorActionException(
                FailureCode.REQUEST_INVALID,
                "'" + Text.printable(name, 60) + "' is no file that PostgreSQL archives",
                "archive_command hands the name over as it is; 'walkback wal setup' prints the whole line.");
    }
}
