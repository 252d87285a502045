package io.walkback.restore.proof;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.Text;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What it says about a backup that its scratch cluster could not be opened.
///
/// Only three kinds of faults say that the backup is bad: damaged or missing objects, WAL that is missing before the
/// target, and a server that stops at what it reads. All others say that this host, or this moment, was not fit to
/// judge, or that the request was not; those are no verdict at all.
final class OpeningFault {
    static final String NAME = "restore";

    /// The first name in a message that is an object's: a key of the repository, a segment, a history file, a file
    /// of the backup.
    private static final Pattern OBJECT = Pattern.compile("object '(?<key>[^']+)'|segment"
            + " '?(?<segment>[0-9A-F]{24})|(?<history>[0-9A-F]{8}\\.history)|'(?<file>[^']+/[^']+)'");

    /// How the planner says that there is a hole, and not merely an end.
    private static final Pattern HOLE =
            Pattern.compile("is missing from the archive|later wal is there" + "|is not in the archive, so timeline");

    /// What PostgreSQL says in the line that it ends with when it stops at data, and what the look at the stopped copy
    /// says. In other lines of the log it means nothing: the end of any WAL is an invalid record.
    private static final Pattern STOPPED_AT_DATA =
            Pattern.compile("invalid page|invalid magic|invalid record|incorrect resource manager data checksum"
                    + "|could not locate a valid checkpoint|could not find redo location|WAL ends before"
                    + "|recovery ended before configured|requested timeline|unexpected timeline|the restored server has"
                    + "|incorrect checksum in control file|invalid data in file|out-of-sequence|contrecord"
                    + "|PANIC: .*(redo|xlog|references to invalid pages|unknown op code|corrupt|invalid|failed to)");

    /// What says something about this host, whatever else is in the line.
    private static final Pattern HOST =
            Pattern.compile("No space left|Disk quota exceeded|Input/output error|annot allocate memory|out of memory"
                    + "|Permission denied|Operation not permitted|Too many open files|Resource temporarily unavailable"
                    + "|Stale file handle|Structure needs cleaning|File too large|could not fork");

    /// A server that was killed because its shutdown took too long has written nothing wrong.
    private static final Pattern NOT_SHUT_DOWN = Pattern.compile("the restored server has state '");
    private static final String LOG = "its log ends: ";

    private static final Pattern RELATION =
            Pattern.compile("(?<path>(?:base/\\d+|global|pg_tblspc/\\d+/[^/ ]+/\\d+)/\\d+\\S*)");

    /// WAL that makes a tablespace names its directory on the source, which a scratch cluster neither has nor may
    /// write (pitfall 48).
    private static final Pattern TABLESPACE = Pattern.compile("tablespace|could not set permissions on directory"
            + "|directory \"/[^\"]*\" does not exist|Read-only file system");

    private static final Pattern LIBRARY = Pattern.compile("resource manager with ID \\d+ not registered");

    private static final Pattern FATAL = Pattern.compile("(?m)(PANIC|FATAL): .*$");
    private static final int LONGEST = 500;

    private OpeningFault() {}

    /// The verdict; empty when there is none.
    static Optional<CheckOutcome> judge(PlatformException fault) {
        if (fault instanceof CorruptDataException) {
            return Optional.of(failed(fault));
        }
        return switch (fault.code()) {
            case TARGET_UNREACHABLE ->
                isHole(fault)
                        ? Optional.of(failed(fault))
                        : Optional.of(unproven("the target cannot be reached: ", fault));
            case RECOVERY_FAILED -> Optional.of(recovery(fault));
            case SERVER_BINARIES -> Optional.of(unproven("no server programs: ", fault));
            case TARGET_SPACE -> Optional.of(unproven("no space: ", fault));
            case WAIT_EXPIRED -> Optional.of(unproven("time limit: ", fault));
            case KEY_UNAVAILABLE -> Optional.of(unproven("no key: ", fault));
            default -> Optional.empty();
        };
    }

    /// What to name for a fault's message; empty where it names nothing.
    static Optional<String> object(String message) {
        Matcher found = OBJECT.matcher(message);
        if (!found.find()) {
            return Optional.empty();
        }
        for (String group : new String[] {"key", "segment", "history", "file"}) {
            if (found.group(group) != null) {
                return Optional.of(found.group(group));
            }
        }
        return Optional.empty();
    }

    /// The relation's file that the server's own message names.
    static Optional<String> relation(String message) {
        Matcher found = RELATION.matcher(message);
        return found.find() ? Optional.of(found.group("path")) : Optional.empty();
    }

    private static CheckOutcome recovery(PlatformException fault) {
        if (LIBRARY.matcher(fault.text()).find()) {
            return unproven("its wal needs a preloaded library, and scratch clusters load none: ", fault);
        }
        if (TABLESPACE.matcher(reason(fault)).find()) {
            return unproven("its wal makes a tablespace at a path of the source: ", fault);
        }
        String what = what(fault);
        if (HOST.matcher(what).find()) {
            return unproven("a fault of this host: ", fault);
        }
        if (NOT_SHUT_DOWN.matcher(what).find()) {
            return unproven("it was not shut down in time: ", fault);
        }
        return STOPPED_AT_DATA.matcher(what).find() ? failed(fault) : unproven("recovery: ", fault);
    }

    /// Whether WAL is missing, which may still be on its way.
    static boolean isHole(PlatformException fault) {
        return fault.code() == FailureCode.TARGET_UNREACHABLE
                && HOLE.matcher(fault.text()).find();
    }

    private static CheckOutcome failed(PlatformException fault) {
        return CheckOutcome.failed(NAME, reason(fault), object(fault.text()).orElse(null));
    }

    private static CheckOutcome unproven(String why, PlatformException fault) {
        return CheckOutcome.unproven(NAME, why + reason(fault), null);
    }

    private static String reason(PlatformException fault) {
        return fault.code() + ": " + Text.printable(what(fault), LONGEST);
    }

    /// The end of a server's log is in the message of a recovery; what stopped it is in one line of that, or it was
    /// stopped by us.
    private static String what(PlatformException fault) {
        Matcher stopped = FATAL.matcher(fault.text());
        if (stopped.find()) {
            return stopped.group();
        }
        int log = fault.text().indexOf(LOG);
        return log < 0 ? fault.text() : fault.text().substring(0, log);
    }
}
