package io.walkback.standalone.up;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// What `walkback up` is asked for.
///
/// @param data       the folder in which everything is kept
/// @param apiPort    where the API listens; 0: a free port. Empty: the one it had before, 8080 at first
/// @param repository a folder or a `file:` address; empty: `BACKUP_DIR`, else a folder below `data`
/// @param kafka      brokers that exist already, `host:port` separated by commas; empty: one of its own
/// @param registry   a schema registry that exists already, its Confluent API; empty: one of its own
public record UpOptions(
        Path data, OptionalInt apiPort, Optional<String> repository, Optional<String> kafka, Optional<URI> registry) {
    /// What the folder is called where nothing else is said, below the current one.
    public static final Path DEFAULT_DATA = Path.of("walkback-data");

    public static final int DEFAULT_API_PORT = 8080;

    private static final int HIGHEST_PORT = 65_535;

    public UpOptions {
        if (apiPort.isPresent() && (apiPort.getAsInt() < 0 || apiPort.getAsInt() > HIGHEST_PORT)) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "a port is 0 to " + HIGHEST_PORT + ", not " + apiPort.getAsInt(),
                    "Leave it out for " + DEFAULT_API_PORT + ".");
        }
    }

    /// Everything of its own, in `data`.
    public static UpOptions in(Path data) {
        return new UpOptions(data, OptionalInt.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public UpOptions withApiPort(int port) {
        return new UpOptions(data, OptionalInt.of(port), repository, kafka, registry);
    }

    public UpOptions withRepository(String other) {
        return new UpOptions(data, apiPort, Optional.of(other), kafka, registry);
    }

    public UpOptions withKafka(String brokers) {
        return new UpOptions(data, apiPort, repository, Optional.of(brokers), registry);
    }

    public UpOptions withRegistry(URI address) {
        return new UpOptions(data, apiPort, repository, kafka, Optional.of(address));
    }
}
