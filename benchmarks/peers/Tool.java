package peers;

/// One of the tools compared. Used by one thread.
interface Tool extends AutoCloseable {
    String name();

    boolean can(Task task);

    /// A new round: an empty repository, nothing measured.
    void begin(int round) throws Exception;

    Sample measure(Task task, int round) throws Exception;

    /// Takes away what the round left, nothing measured.
    void end(int round) throws Exception;

    @Override
    void close();
}
