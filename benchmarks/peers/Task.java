package peers;

import java.util.Locale;

/// What every tool is asked to do.
enum Task {
    FIRST("first full backup of a new worker"),
    FULL("full backup"),
    AGAIN("second backup, nothing changed"),
    CHANGED("backup after 1 % of the pages changed"),
    CHAIN("one more such backup"),
    LAST_OF_CHAIN("the last backup of the chain"),
    RESTORE("restore, files durable"),
    DELTA("delta restore, nothing changed"),
    DELTA_CHANGED("delta restore, 1 % of the pages changed");

    private final String title;

    Task(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /// As `--tasks` calls it.
    String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Whether doing it twice measures the same thing, a full backup in an empty repository again: a second backup
    /// after a change would find nothing.
    boolean repeatable() {
        return this == FULL || this == AGAIN || isRestore();
    }

    boolean isRestore() {
        return this == RESTORE || this == DELTA || this == DELTA_CHANGED;
    }

    /// Whether it is done once and not in each round: a chain takes long, and only once is a worker new.
    boolean once() {
        return this == FIRST || this == CHAIN || this == LAST_OF_CHAIN;
    }
}
