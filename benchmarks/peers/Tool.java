package peers;

/// One of the tools compared. Used by one thread.
interface Tool extends AutoCloseable {
    String name();

    boolean can(Task task);

    /// Begins anew: an empty repository, nothing measured.
    void begin() throws Exception;

    Sample measure(Task task) throws Exception;

    /// Takes away what the round left, nothing measured.
    void end() throws Exception;

    @Override
    void close();
}
