package io.walkback.domain.database;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How the stored backups and WAL of a database are locked against deletion and overwriting, our own included.
///
/// @param lockMode who may lift a lock before it ends
/// @param lockDays for how many days each object is locked from when it is written, 1 to 36 500; 0 with `NONE`
public record Immutability(LockMode lockMode, int lockDays) {
    /// Nothing is locked.
    public static final Immutability NONE = new Immutability(LockMode.NONE, 0);

    private static final int MOST_DAYS = 36_500;
    private static final Pattern FORM = Pattern.compile("(governance|compliance) ([1-9][0-9]{0,4})d");

    /// Who may lift a lock.
    public enum LockMode {
        /// A newer version's. Nothing is written under it, since nobody here knows how it is locked.
        UNKNOWN,
        /// Nothing is locked.
        NONE,
        /// A person with a permission of his own.
        GOVERNANCE,
        /// Nobody.
        COMPLIANCE
    }

    public Immutability {
        boolean none = lockMode == LockMode.NONE;
        if (none ? lockDays != 0 : lockDays < 1 || lockDays > MOST_DAYS) {
            throw new IllegalArgumentException(
                    none
                            ? "without a lock it lasts 0 days, not " + lockDays
                            : "a lock lasts 1 to " + MOST_DAYS + " days, not " + lockDays);
        }
    }

    /// As a policy says it: `none`, `governance 35d`, `compliance 35d`.
    @Override
    public String toString() {
        String mode = lockMode.name().toLowerCase(Locale.ROOT);
        return isWanted() ? mode + " " + lockDays + "d" : mode;
    }

    /// The same back. Throws [IllegalArgumentException] with a sentence for the writer.
    public static Immutability parse(String text) {
        if (text.equals("none")) {
            return NONE;
        }
        Matcher given = FORM.matcher(text);
        if (!given.matches()) {
            throw new IllegalArgumentException(
                    "immutability is none, or governance or compliance with days, such as governance 35d, not '" + text
                            + "'");
        }
        return new Immutability(
                LockMode.valueOf(given.group(1).toUpperCase(Locale.ROOT)), Integer.parseInt(given.group(2)));
    }

    public boolean isWanted() {
        return lockMode != LockMode.NONE;
    }

    public Duration lasts() {
        return Duration.ofDays(lockDays);
    }

    /// What it means beside a recovery window, one sentence for people.
    public String beside(Duration retention) {
        if (!isWanted()) {
            return "nothing is locked: whoever has the right to delete can delete every backup";
        }
        int difference = lasts().compareTo(retention);
        String locked = "each object is locked for " + lockDays + " days from when it is written, longer while a newer"
                + " backup builds on it";
        if (difference < 0) {
            return locked + "; that is shorter than the recovery window, so the older part of it can be deleted by"
                    + " whoever may delete";
        }
        return difference == 0
                ? locked
                : locked
                        + "; that is longer than the recovery window, so what expires stays stored until its lock ends";
    }
}
