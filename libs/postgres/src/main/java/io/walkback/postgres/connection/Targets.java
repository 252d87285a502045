package io.walkback.postgres.connection;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Turns a registration into something that can be connected to, password included. Thread-safe; keeps nothing.
public final class Targets {
    private static final long LONGEST_SECRET = 64 << 10;
    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);

    private final UnaryOperator<@Nullable String> environment;

    /// @param environment a variable's value by its name, null where it is not set
    public Targets(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    /// The target with its password as it is now. `CONFIGURATION` when the reference leads nowhere; the message
    /// names the reference, never what it leads to.
    public PostgresTarget of(DatabaseRegistration registration) {
        Connection connection = registration.connection();
        String certificate = connection.sslRootCertificate();
        return new PostgresTarget(
                connection.host(),
                connection.port(),
                connection.dbname(),
                connection.user(),
                password(registration.id(), connection.password()),
                sslMode(registration.id(), connection.sslMode()),
                certificate == null ? null : Path.of(certificate),
                null,
                null);
    }

    private @Nullable Secret password(DatabaseId database, @Nullable SecretReference reference) {
        return reference == null ? null : secret("the password of database '" + database + "'", reference);
    }

    /// What a reference leads to now; `CONFIGURATION` when it leads nowhere.
    ///
    /// @param what it is, for the message
    public Secret secret(String what, SecretReference reference) {
        return switch (reference) {
            case SecretReference.InFile(Path path) -> fromFile(what, path);
            case SecretReference.InEnvironment(String name) -> {
                String value = environment.apply(name);
                if (value == null || value.isEmpty()) {
                    throw unusable(what, "environment variable " + name + " is not set", null);
                }
                yield new Secret(value);
            }
        };
    }

    private static Secret fromFile(String what, Path path) {
        try {
            if (Files.size(path) > LONGEST_SECRET) {
                throw unusable(what, "file '" + path + "' is longer than any password", null);
            }
            if (path.getFileSystem().supportedFileAttributeViews().contains("posix")
                    && Files.getPosixFilePermissions(path).stream().anyMatch(OTHERS::contains)) {
                throw unusable(what, "file '" + path + "' is open to every user of this host", null);
            }
            String content = Files.readString(path);
            return new Secret(content.endsWith("\n") ? content.substring(0, content.length() - 1) : content);
        } catch (IOException unreadable) {
            throw unusable(what, "file '" + path + "' cannot be read", unreadable);
        }
    }

    private static SslMode sslMode(DatabaseId database, String text) {
        try {
            return SslMode.parse(text);
        } catch (IllegalArgumentException unknown) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "database '" + database + "': " + unknown.getMessage(),
                    "Correct the registration's sslMode.",
                    unknown);
        }
    }

    private static OperatorActionException unusable(String what, String why, @Nullable Exception cause) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                what + ": " + why,
                "Provide it under that reference wherever it is needed, readable by the account that reads it only.",
                cause);
    }
}
