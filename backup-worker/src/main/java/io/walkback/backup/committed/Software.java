package io.walkback.backup.committed;

/// What a manifest says of the program that made it.
public final class Software {
    private Software() {}

    /// `walkback` and its version, where the build has stamped one.
    public static String name() {
        String version = Software.class.getPackage().getImplementationVersion();
        return version == null ? "walkback" : "walkback " + version;
    }
}
