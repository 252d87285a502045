package io.walkback.embedded;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL server as a child process, on a data directory of its own or on one that exists, such as a restored
/// copy.
///
/// Order: [#initialise] once for a new data directory, [#secureWith] where TLS is wanted, then [#start] as often as
/// needed. When this process is root the server runs under an unprivileged account that then owns the data
/// directory ([ServerAccount]). Passwords go through files of mode 0600 that are removed at once. This class
/// speaks no SQL.
///
/// Not thread-safe: one thread starts, stops and kills; [#status] may be asked from any.
public final class PostgresServer implements AutoCloseable {
    private static final Duration INITDB_DEADLINE = Duration.ofMinutes(2);
    private static final Duration START_DEADLINE = Duration.ofMinutes(2);
    private static final Duration STOP_DEADLINE = Duration.ofMinutes(1);

    private final PostgresConfig config;
    private final Optional<ServerAccount> account = ServerAccount.forThisProcess();
    private final List<Path> confinedTo;
    private volatile @Nullable ChildProcess process;

    public PostgresServer(PostgresConfig config) {
        this(config, List.of());
    }

    /// @param confinedTo as in [Launch]
    public PostgresServer(PostgresConfig config, List<Path> confinedTo) {
        this.config = config;
        this.confinedTo = List.copyOf(confinedTo);
    }

    /// Creates the data directory: page checksums on, UTF-8, SCRAM for every connection, replication included.
    ///
    /// @param password of the superuser
    /// @throws OperatorActionException when there is a data directory already
    public void initialise(String password) {
        if (isInitialised()) {
            throw new OperatorActionException(
                    FailureCode.TARGET_NOT_EMPTY,
                    config.dataDirectory() + " holds a database cluster already",
                    "Start it, or choose another folder.");
        }
        try {
            Path parent = config.dataDirectory().getParent();
            Files.createDirectories(parent);
            Files.createDirectories(
                    config.dataDirectory(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            takeOver();
            initdb(password);
            Files.writeString(
                    config.dataDirectory().resolve("postgresql.conf"),
                    renderSettings(config.settings()),
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Whether the data directory holds a cluster.
    public boolean isInitialised() {
        return Files.exists(config.dataDirectory().resolve("PG_VERSION"));
    }

    /// Makes the server accept TLS (it still accepts connections without).
    ///
    /// @param certificate PEM, may hold a chain
    /// @param key         PEM, without a passphrase; a copy of mode 0600 goes into the data directory
    public void secureWith(Path certificate, Path key) {
        try {
            Path copy = config.dataDirectory().resolve("server.key");
            Files.copy(certificate, config.dataDirectory().resolve("server.crt"), StandardCopyOption.REPLACE_EXISTING);
            Files.deleteIfExists(copy);
            Files.createFile(copy, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(copy, Files.readAllBytes(key));
            Files.writeString(
                    config.dataDirectory().resolve("postgresql.conf"),
                    renderSettings(Map.of("ssl", "on")),
                    StandardOpenOption.APPEND);
            account.ifPresent(user -> user.own(config.dataDirectory()));
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Starts the server and waits until it is open, for reading at least; with `hot_standby = off`, until it
    /// recovers.
    public void start() {
        launch();
        awaitStatus(EnumSet.of(PostgresStatus.READY, PostgresStatus.STANDBY), START_DEADLINE);
    }

    /// Starts the server and returns at once: a recovery may take hours ([#awaitStatus], [#status]).
    public void launch() {
        if (isAlive()) {
            throw new IllegalStateException("the server on " + config.dataDirectory() + " runs already");
        }
        takeOver();
        process = ChildProcess.start(launchOf("postgres", arguments()));
    }

    /// Waits for one of `wanted`.
    ///
    /// @throws io.walkback.domain.RetryableException when the server ends or `deadline` passes first
    public void awaitStatus(Set<PostgresStatus> wanted, Duration deadline) {
        process().awaitReady(() -> wanted.contains(status()), deadline);
    }

    /// What the server says about itself now.
    public PostgresStatus status() {
        ChildProcess running = process;
        return running == null || !running.isAlive()
                ? PostgresStatus.ABSENT
                : PostgresStatus.of(config.dataDirectory(), running.pid());
    }

    /// Fast shutdown: sessions are ended, a checkpoint is written.
    public void stop() {
        stop(Signal.INT);
    }

    /// Immediate shutdown, as the server's own crash would be: the next start recovers.
    public void stopImmediately() {
        stop(Signal.QUIT);
    }

    /// SIGKILL to the server and every process of it.
    public void kill() {
        process().kill();
    }

    /// Makes the server read its configuration files again.
    public void reload() {
        process().signal(Signal.HUP);
    }

    public boolean isAlive() {
        ChildProcess running = process;
        return running != null && running.isAlive();
    }

    /// The process as it runs now; another one after each start.
    public ChildProcess process() {
        ChildProcess running = process;
        if (running == null) {
            throw new IllegalStateException("the server on " + config.dataDirectory() + " was never started");
        }
        return running;
    }

    public PostgresConfig config() {
        return config;
    }

    public int port() {
        return config.port();
    }

    public Path dataDirectory() {
        return config.dataDirectory();
    }

    /// The JDBC address of a `dbname` on loopback TCP, without user and password.
    public String jdbcUrl(String dbname) {
        if (config.socketFolder().isPresent()) {
            throw new IllegalStateException("the server on " + config.dataDirectory() + " has no TCP port");
        }
        return "jdbc:postgresql://127.0.0.1:" + config.port() + "/" + dbname;
    }

    @Override
    public void close() {
        stop();
    }

    private void stop(Signal signal) {
        ChildProcess running = process;
        if (running != null) {
            running.stop(signal, STOP_DEADLINE);
        }
    }

    private void initdb(String password) throws IOException {
        Path passwordFile = Files.createTempFile(
                config.dataDirectory().getParent(),
                ".initdb-",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(passwordFile, password + "\n");
            account.ifPresent(user -> user.own(passwordFile));
            List<String> arguments = new ArrayList<>(List.of(
                    config.programs().program("initdb").toString(),
                    "--pgdata=" + config.dataDirectory(),
                    "--username=" + config.superuser(),
                    "--pwfile=" + passwordFile,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--data-checksums"));
            arguments.addAll(config.initdb());
            ChildProcess.run(launchOf("initdb", arguments), INITDB_DEADLINE);
        } finally {
            Files.deleteIfExists(passwordFile);
        }
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                config.programs().program("postgres").toString(),
                "-D",
                config.dataDirectory().toString(),
                "-p",
                Integer.toString(config.port())));
        String socketFolder = config.socketFolder().map(Path::toString).orElse("");
        set(arguments, "listen_addresses", config.socketFolder().isPresent() ? "" : "127.0.0.1");
        set(arguments, "unix_socket_directories", socketFolder);
        config.overrides().forEach((name, value) -> set(arguments, name, value));
        return arguments;
    }

    private static void set(List<String> arguments, String name, String value) {
        arguments.add("-c");
        arguments.add(name + "=" + value);
    }

    private Launch launchOf(String name, List<String> command) {
        Path root = config.dataDirectory().getRoot();
        // PostgreSQL waits for its clients on SIGTERM; INT ends it in order at once. Messages of one language.
        return new Launch(
                name,
                command,
                Map.of("LC_MESSAGES", "C"),
                root,
                config.log(),
                Signal.INT,
                Signal.INT,
                account,
                confinedTo);
    }

    /// Lets the server's account reach and own what it works on.
    private void takeOver() {
        account.ifPresent(user -> {
            user.makeReachable(config.dataDirectory());
            user.own(config.dataDirectory());
            config.socketFolder().ifPresent(folder -> {
                user.makeReachable(folder);
                user.own(folder);
            });
        });
    }

    private static String renderSettings(Map<String, String> settings) {
        return settings.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(setting -> setting.getKey() + " = '" + setting.getValue().replace("'", "''") + "'\n")
                .collect(Collectors.joining());
    }

    private OperatorActionException unusable(IOException cause) {
        return new OperatorActionException(
                FailureCode.PROCESS_FAILED,
                "cannot prepare " + config.dataDirectory() + ": " + cause.getMessage(),
                "Check that the folder can be written and has space.",
                cause);
    }
}
