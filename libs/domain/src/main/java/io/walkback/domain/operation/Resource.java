package io.walkback.domain.operation;

import io.walkback.domain.DatabaseId;

/// Something that one live attempt of a database holds alone.
public record Resource(String name) {
    public Resource {
        if (name.isBlank() || name.length() > 4096) {
            throw new IllegalArgumentException("a resource's name has 1 to 4096 characters");
        }
    }

    /// Reading the data directory of `database`: one base backup at a time.
    public static Resource base(DatabaseId database) {
        return new Resource("base:" + database);
    }

    /// Dumping the rows of `database`: one logical backup at a time. A base backup may run beside it, so that a
    /// dump of hours does not keep a database from its next physical backup.
    public static Resource dump(DatabaseId database) {
        return new Resource("dump:" + database);
    }

    /// Receiving the WAL of `database`: one receiver per slot.
    public static Resource wal(DatabaseId database) {
        return new Resource("wal:" + database);
    }

    /// Receiving the WAL of `database` for its tail alone: one receiver per slot.
    public static Resource walCompanion(DatabaseId database) {
        return new Resource("wal-companion:" + database);
    }

    /// Deleting from the repository of `database`.
    public static Resource expiry(DatabaseId database) {
        return new Resource("expiry:" + database);
    }

    /// Reading everything that the repository has of `database`.
    public static Resource verification(DatabaseId database) {
        return new Resource("verification:" + database);
    }

    /// Rehearsing a restore of `database`: one at a time, so that none measures another.
    public static Resource drill(DatabaseId database) {
        return new Resource("drill:" + database);
    }

    /// A directory to be written on one host. `realPath` has its symbolic links resolved.
    public static Resource target(String host, String realPath) {
        return new Resource("target:" + host + ":" + realPath);
    }

    @Override
    public String toString() {
        return name;
    }
}
