package peers;

/// One of the tools compared. Used by one thread.
interface Tool extends AutoCloseable {
    String name();

    boolean can(Task task);

    /// Begins anew: an empty repository, nothing measured.
    void begin() throws Exception;

    Sample measure(Task task) throws Exception;

    /// Holds still while another tool is measured, nothing measured. Only a tool whose processes live on needs it.
    default void hold() throws Exception {}

    /// The opposite of [#hold], and waits until nothing that was missed is left to do.
    default void release() throws Exception {}

    /// Takes away what the round left, nothing measured.
    void end() throws Exception;

    @Override
    void close();
}
