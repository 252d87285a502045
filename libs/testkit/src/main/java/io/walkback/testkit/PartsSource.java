package io.walkback.testkit;

/// One way to get real parts. Each call starts one; it ends with the JVM, a database also when it is closed.
sealed interface PartsSource permits ContainerParts, LocalParts {
    /// Starts a broker and returns its bootstrap servers.
    String startBroker();

    /// Starts a registry and returns the base address of its API.
    String startRegistry();

    /// Starts a database that can be backed up.
    TestDatabase startDatabase(int major);
}
