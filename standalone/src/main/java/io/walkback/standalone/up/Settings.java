package io.walkback.standalone.up;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import io.walkback.repository.blob.BlobStores;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The settings of `.env.example`, from the environment and a `.env` file; the environment is the stronger one,
/// and an empty value counts as not set. What they say is checked here, before anything is started.
///
/// [#toString] shows names only: values may be secrets.
public final class Settings {
    private static final int LONGEST_RETENTION_DAYS = 36_500;

    private final Map<String, String> fromFile;
    private final Map<String, String> all = new TreeMap<>();

    private Settings(Map<String, String> environment, Map<String, String> file) {
        this.fromFile = Map.copyOf(file);
        file.forEach(this::putUnlessEmpty);
        environment.forEach(this::putUnlessEmpty);
        flag("BACKUP_ENABLED");
        bucket();
        retention();
        backupDirectory();
        walDirectory();
        testDatabase();
    }

    /// The environment of this process, and `.env` in the current folder or, where there is none, in `root`.
    public static Settings ofThisProcess(Path root) {
        Path here = Path.of(".env").toAbsolutePath();
        return of(System.getenv(), Files.exists(here) ? here : root.resolve(".env"));
    }

    /// The given environment over the given file, which need not exist.
    public static Settings of(Map<String, String> environment, Path file) {
        return new Settings(environment, DotEnv.read(file));
    }

    /// Nothing but the given values, which services get to see.
    public static Settings of(Map<String, String> values) {
        return new Settings(Map.of(), values);
    }

    private void putUnlessEmpty(String name, String value) {
        if (!value.isBlank()) {
            all.put(name, value.strip());
        }
    }

    /// What services get to see besides this process's own environment: the settings of the file that the
    /// environment does not replace.
    Map<String, String> forServices() {
        Map<String, String> added = new TreeMap<>();
        fromFile.keySet().forEach(name -> value(name).ifPresent(value -> added.put(name, value)));
        token().ifPresent(token -> added.put("WALKBACK_TOKEN", token.reveal()));
        return added;
    }

    Optional<String> value(String name) {
        return Optional.ofNullable(all.get(name));
    }

    /// `BACKUP_DIR`: the repository's folder.
    Optional<Path> backupDirectory() {
        return folder("BACKUP_DIR");
    }

    /// `BACKUP_S3_BUCKET` as an address, where `BACKUP_S3_ENABLED` says that the repository is in it.
    Optional<URI> bucket() {
        boolean wanted = flag("BACKUP_S3_ENABLED").orElse(false);
        return BlobStores.address(null, wanted, value("BACKUP_S3_BUCKET").orElse("walkback"));
    }

    /// `WAL_ARCHIVE_DIR`: received WAL that is not in the repository yet.
    Optional<Path> walDirectory() {
        return folder("WAL_ARCHIVE_DIR");
    }

    /// `WALKBACK_TOKEN`, or its alias `ADMIN_TOKEN`.
    Optional<Secret> token() {
        return value("WALKBACK_TOKEN").or(() -> value("ADMIN_TOKEN")).map(Secret::new);
    }

    /// `TEST_DATABASE_URL`.
    Optional<DatabaseUrl> testDatabase() {
        return value("TEST_DATABASE_URL").map(text -> DatabaseUrl.parse("TEST_DATABASE_URL", text));
    }

    private void retention() {
        value("BACKUP_RETENTION_DAYS").ifPresent(text -> {
            boolean days = text.matches("[0-9]{1,5}")
                    && Integer.parseInt(text) >= 1
                    && Integer.parseInt(text) <= LONGEST_RETENTION_DAYS;
            if (!days) {
                throw refused("BACKUP_RETENTION_DAYS", "a number of days from 1 to " + LONGEST_RETENTION_DAYS);
            }
        });
    }

    private Optional<Boolean> flag(String name) {
        return value(name).map(text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refused(name, "true or false");
        });
    }

    private Optional<Path> folder(String name) {
        return value(name).map(text -> {
            try {
                Path path = Path.of(text).toAbsolutePath().normalize();
                if (Files.exists(path) && !Files.isDirectory(path)) {
                    throw refused(name, "a folder, and there is a file of this name");
                }
                return path;
            } catch (InvalidPathException _) {
                throw refused(name, "the name of a folder");
            }
        });
    }

    private static OperatorActionException refused(String name, String expected) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                "setting " + name + " must be " + expected,
                "Correct it in the environment or in .env; .env.example says what it means.");
    }

    @Override
    public String toString() {
        return "Settings" + all.keySet();
    }
}
