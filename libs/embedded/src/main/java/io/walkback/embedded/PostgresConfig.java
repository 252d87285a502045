package io.walkback.embedded;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How to run a PostgreSQL server: a value, changed by the `with` methods.
///
/// @param programs      the server's programs
/// @param dataDirectory may exist already (a restored copy) or not
/// @param log           what the server writes
/// @param port          also the last part of the socket's name
/// @param socketFolder  present: unix socket in this folder only, no TCP at all; empty: TCP on loopback only
/// @param superuser     created by `initdb`
/// @param initdb        further arguments for `initdb`, for example `--wal-segsize=1`
/// @param settings      put into `postgresql.conf` by `initdb`'s run, so that backups carry them
/// @param overrides     given on the command line at each start, stronger than any file in the data directory
public record PostgresConfig(
        PostgresPrograms programs,
        Path dataDirectory,
        Path log,
        int port,
        Optional<Path> socketFolder,
        String superuser,
        List<String> initdb,
        Map<String, String> settings,
        Map<String, String> overrides) {
    private static final String DEFAULT_SUPERUSER = "postgres";

    public PostgresConfig {
        dataDirectory = dataDirectory.toAbsolutePath().normalize();
        log = log.toAbsolutePath().normalize();
        initdb = List.copyOf(initdb);
        settings = Map.copyOf(settings);
        overrides = Map.copyOf(overrides);
        socketFolder.ifPresent(folder -> checkSocketPath(folder, port));
    }

    /// A server on loopback TCP and a free port, with its log beside the data directory.
    public static PostgresConfig of(PostgresPrograms programs, Path dataDirectory) {
        Path absolute = dataDirectory.toAbsolutePath().normalize();
        return new PostgresConfig(
                programs,
                absolute,
                absolute.resolveSibling(absolute.getFileName() + ".log"),
                FreePorts.one(),
                Optional.empty(),
                DEFAULT_SUPERUSER,
                List.of(),
                Map.of(),
                Map.of());
    }

    public PostgresConfig withPort(int other) {
        return new PostgresConfig(
                programs, dataDirectory, log, other, socketFolder, superuser, initdb, settings, overrides);
    }

    public PostgresConfig withLog(Path other) {
        return new PostgresConfig(
                programs, dataDirectory, other, port, socketFolder, superuser, initdb, settings, overrides);
    }

    /// Unix socket in `folder` only: nothing on the network can reach the server (P7).
    public PostgresConfig withSocketOnly(Path folder) {
        return new PostgresConfig(
                programs,
                dataDirectory,
                log,
                port,
                Optional.of(folder.toAbsolutePath().normalize()),
                superuser,
                initdb,
                settings,
                overrides);
    }

    /// Adds arguments for `initdb`.
    public PostgresConfig withInitdb(String... arguments) {
        List<String> all = new ArrayList<>(initdb);
        all.addAll(List.of(arguments));
        return new PostgresConfig(
                programs, dataDirectory, log, port, socketFolder, superuser, all, settings, overrides);
    }

    /// Adds a setting for `postgresql.conf`, unquoted; it takes effect when the data directory is created.
    public PostgresConfig withSetting(String name, String value) {
        return new PostgresConfig(
                programs,
                dataDirectory,
                log,
                port,
                socketFolder,
                superuser,
                initdb,
                added(settings, name, value),
                overrides);
    }

    /// Adds a setting for the command line of the server.
    public PostgresConfig withOverride(String name, String value) {
        return new PostgresConfig(
                programs,
                dataDirectory,
                log,
                port,
                socketFolder,
                superuser,
                initdb,
                settings,
                added(overrides, name, value));
    }

    private static Map<String, String> added(Map<String, String> map, String name, String value) {
        Map<String, String> copy = new LinkedHashMap<>(map);
        copy.put(name, value);
        return copy;
    }

    /// Linux allows 107 bytes for the name of a unix socket; PostgreSQL would only say so in its log.
    private static void checkSocketPath(Path folder, int port) {
        Path socket = folder.resolve(".s.PGSQL." + port);
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > 107) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "socket name " + socket + " has " + length + " bytes, 107 are allowed",
                    "Choose a folder with a shorter name for sockets.");
        }
    }
}
