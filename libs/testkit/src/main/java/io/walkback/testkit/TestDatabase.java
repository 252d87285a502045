package io.walkback.testkit;

/// A PostgreSQL server for a test, ready for backup: `wal_level=replica`, walsenders and slots free, SCRAM on every
/// connection, page checksums on.
public interface TestDatabase extends AutoCloseable {
    /// The JDBC address of a `dbname`, without user and password.
    String jdbcUrl(String dbname);

    String host();

    int port();

    /// The superuser, who may also replicate.
    String user();

    String password();

    /// The major version.
    int major();

    @Override
    void close();
}
