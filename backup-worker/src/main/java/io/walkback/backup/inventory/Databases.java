package io.walkback.backup.inventory;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.database.DatabaseRegistration;
import java.util.Optional;

/// The registered databases. Thread-safe, answers from memory.
public interface Databases {
    Optional<DatabaseRegistration> find(DatabaseId database);

    /// Whether everything that was registered before this process started is known here.
    boolean isReady();

    /// The registration, or `DATABASE_UNKNOWN`.
    default DatabaseRegistration require(DatabaseId database) {
        return find(database)
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.DATABASE_UNKNOWN,
                        "no database is registered under the name '" + database + "'",
                        "Register it with 'walkback databases add', or correct the name in the request."));
    }
}
