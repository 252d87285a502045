package io.walkback.standalone.up;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What each service is told by environment: docs/architecture.md lists the shared settings.
///
/// @param settings     of the operator, passed on; what is said here is stronger
/// @param kafka        brokers
/// @param ownBroker    whether the broker is ours: then one copy of each record is all there can be
/// @param registry     Confluent's API
/// @param repository   `file:///...` or `s3://...`
/// @param key          `WALKBACK_KEY`; empty where the settings say it, or nothing is encrypted
/// @param state        folder with one folder per service
record ServiceEnvironment(
        Settings settings,
        String kafka,
        boolean ownBroker,
        String registry,
        String repository,
        Optional<String> key,
        Path state) {
    /// Everything that `service` needs besides its port.
    Map<String, String> of(PlatformService service) {
        Map<String, String> environment = new TreeMap<>(settings.forServices());
        environment.put("WALKBACK_KAFKA_BOOTSTRAP_SERVERS", kafka);
        environment.put("WALKBACK_SCHEMA_REGISTRY_URL", registry);
        environment.put("WALKBACK_REPOSITORY_URL", repository);
        // The address says it already, also where a folder was asked for and the settings name a bucket.
        environment.put("BACKUP_S3_ENABLED", "false");
        key.ifPresent(named -> environment.put("WALKBACK_KEY", named));
        environment.put(
                "WALKBACK_STATE_DIR",
                state.resolve(service.id()).toAbsolutePath().toString());
        settings.walDirectory().ifPresent(folder -> environment.put("WAL_ARCHIVE_DIR", folder.toString()));
        if (ownBroker) {
            environment.put("WALKBACK_KAFKA_SINGLE_BROKER", "true");
        }
        return environment;
    }
}
