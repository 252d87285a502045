package io.walkback.catalog.projection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walkback.domain.event.EventHeader;
import io.walkback.domain.operation.OperationFold.Change;
import java.util.UUID;

/// Headers of what is projected from one place of the log.
final class Headers {
    private Headers() {}

    /// The id depends on the place and on `what` alone, so that a record that is projected twice says the same
    /// thing twice.
    static EventHeader of(Change change, String what) {
        UUID id = UUID.nameUUIDFromBytes((change.place() + "/" + what).getBytes(UTF_8));
        return new EventHeader(
                id,
                change.after().database(),
                change.record().at(),
                change.place().offset());
    }
}
