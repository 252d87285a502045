package io.walkback.checks;

/// Names of checks, in the order in which they are shown. Scripts rely on [#id].
public enum CheckId {
    CONNECTION("connection"),
    VERSION("version"),
    ROLE("role"),
    WAL_LEVEL("wal_level"),
    WALSENDERS("walsenders"),
    SLOT("slot"),
    ARCHIVING("archiving"),
    SYNCHRONOUS("synchronous"),
    CLOCK("clock"),
    CHECKSUMS("checksums"),
    EXTENSIONS("extensions"),
    REPOSITORY("repository"),
    REGISTRY("registry"),
    TOPICS("topics");

    private final String id;

    CheckId(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }
}
