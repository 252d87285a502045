package io.walkback.cli;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.embedded.Parts;
import java.nio.file.Path;

/// What the build left in the project's folder, as the launcher names it.
///
/// @param root  the folder of the project
/// @param parts broker, registry and PostgreSQL
record Built(Path root, Parts parts) {
    private static final String ROOT = "walkback.root";

    static Built ofThisProcess() {
        String root = System.getProperty(ROOT);
        if (root == null || System.getProperty(Parts.PROPERTY) == null) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "this command needs what the build laid out, and was started without the launcher",
                    "Start it as ./walkback in the project's folder.");
        }
        return new Built(Path.of(root).toAbsolutePath(), Parts.fromSystemProperty());
    }
}
