package io.walkback.scheduler.projection;

/// One membership in a group that projects. For one thread; after any exception it is of no use any more.
interface Session extends AutoCloseable {
    /// Projects what one poll brings.
    void step();

    @Override
    void close();
}
