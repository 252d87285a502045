package io.walkback.restore.dump;

import io.walkback.postgres.connection.PostgresTarget;
import org.jspecify.annotations.Nullable;

/// Which archive of a logical backup is restored into which dbname.
///
/// @param dbname  as it was dumped; null where the backup has one alone
/// @param into    a running server, and the dbname there: one that is not there yet, or an empty one
/// @param globals what is made of the backup's roles and tablespaces
/// @param owners  false: everything belongs to the role that connects, and grants are left out
public record LogicalRestoreRequest(@Nullable String dbname, PostgresTarget into, Globals globals, boolean owners) {
    /// What no dbname holds. What is on the server already is never changed.
    public enum Globals {
        /// Nothing is made.
        NONE,
        /// Roles that are not there are made, with their passwords and memberships.
        ROLES,
        /// Tablespaces too, at the locations of the source, which must be empty directories of the server. Without
        /// this everything goes to the default tablespace.
        ALL
    }
}
