package peers;

/// What every tool is asked to do.
enum Task {
    FULL("full backup"),
    AGAIN("second backup, nothing changed"),
    CHANGED("backup after 1 % of the pages changed"),
    CHAIN("one more such backup"),
    LAST_OF_CHAIN("the last backup of the chain"),
    RESTORE("restore, files durable");

    private final String title;

    Task(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /// Whether doing it twice measures the same thing: a second backup after a change would find nothing.
    boolean repeatable() {
        return this == AGAIN || this == RESTORE;
    }
}
