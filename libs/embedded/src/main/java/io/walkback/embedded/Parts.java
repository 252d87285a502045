package io.walkback.embedded;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The folder in which the build laid out what is started as a child process.
///
/// ```
/// broker/lib/*.jar      class path of a Kafka broker and its tools
/// registry/**/quarkus-run.jar
/// postgres/*.jar        one archive of server programs per major version
/// ```
public final class Parts {
    /// The system property that names the folder.
    public static final String PROPERTY = "walkback.parts";

    private final Path root;

    private Parts(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /// The parts in `root`. What is missing is reported when it is asked for.
    public static Parts at(Path root) {
        return new Parts(root);
    }

    /// The parts that the system property `walkback.parts` names; the build sets it for tests, the launcher for the
    /// command.
    ///
    /// @throws OperatorActionException when the property is not set
    public static Parts fromSystemProperty() {
        String named = System.getProperty(PROPERTY);
        if (named == null || named.isBlank()) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "system property " + PROPERTY + " is not set",
                    "Start through the walkback launcher, or name the folder with the parts.");
        }
        return at(Path.of(named));
    }

    public Path root() {
        return root;
    }

    /// The broker's class path, as an argument for `java -cp`.
    String brokerClassPath() {
        Path lib = root.resolve("broker").resolve("lib");
        if (list(lib, ".jar").isEmpty()) {
            throw missing("broker", lib);
        }
        return lib + "/*";
    }

    /// The jar that starts the schema registry.
    Path registryJar() {
        Path registry = root.resolve("registry");
        if (Files.isDirectory(registry)) {
            try (Stream<Path> found = Files.find(
                    registry, 2, (path, _) -> path.getFileName().toString().equals("quarkus-run.jar"))) {
                return found.findFirst().orElseThrow(() -> missing("registry", registry));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + registry, e);
            }
        }
        throw missing("registry", registry);
    }

    /// The archive with the server programs of one PostgreSQL major version, the highest minor when there are
    /// several.
    ///
    /// @throws OperatorActionException when there is none
    Path postgresArchive(int major) {
        Path postgres = root.resolve("postgres");
        return list(postgres, ".jar").stream()
                .filter(jar -> jar.getFileName().toString().matches(".*-" + major + "\\.\\d+\\.\\d+\\.jar"))
                .max(Comparator.comparing(Parts::versionOf))
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.SERVER_BINARIES,
                        "no programs of PostgreSQL " + major + " in " + postgres,
                        "Install the server of this major version, or choose one that the build brings."));
    }

    /// The version at the end of an archive's name, in the order of numbers: 15.10 is above 15.9.
    static ModuleDescriptor.Version versionOf(Path archive) {
        return ModuleDescriptor.Version.parse(
                archive.getFileName().toString().replaceAll(".*-(\\d+\\.\\d+\\.\\d+)\\.jar", "$1"));
    }

    private static List<Path> list(Path directory, String suffix) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> entry.toString().endsWith(suffix)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + directory, e);
        }
    }

    private static OperatorActionException missing(String part, Path where) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                "no " + part + " in " + where,
                "Build the parts with: mvn -pl libs/embedded -am -DskipTests package");
    }
}
