package io.walkback.standalone.up;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// The four services, in the order of their start: whoever is asked first comes up first.
public enum PlatformService {
    SCHEDULER_SERVICE,
    BACKUP_WORKER,
    RESTORE_WORKER,
    ALERTING_SERVICE;

    /// As its module, jar and log are called, for example `backup-worker`.
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Options of its JVM. Services that move no bytes are ready in two thirds of the time without the optimising
    /// compiler (17 s instead of 29 s for all four on two cores), and have nothing to gain from it.
    List<String> jvmOptions() {
        return switch (this) {
            case SCHEDULER_SERVICE, ALERTING_SERVICE -> List.of("-XX:TieredStopAtLevel=1");
            case BACKUP_WORKER, RESTORE_WORKER -> List.of();
        };
    }

    /// The jar that the build made below `root`.
    ///
    /// @throws OperatorActionException when it is not there
    Path jar(Path root) {
        Path jar = root.resolve(id()).resolve("target").resolve(id() + ".jar");
        if (Files.notExists(jar)) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "there is no " + jar,
                    "Start through the walkback launcher, which builds it, or run: mvn -DskipTests package");
        }
        return jar.toAbsolutePath();
    }
}
