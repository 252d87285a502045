package io.walkback.restore.preview;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Command.InPlace;
import io.walkback.domain.plan.PlannedRestore.Room;
import io.walkback.domain.plan.PreflightCheck;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.restore.fetch.Postmaster;
import io.walkback.restore.fetch.RestoreTargets;
import io.walkback.restore.inplace.Hooks;
import io.walkback.restore.plan.RestorePlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The checks before a restore, each with what it found. None of them ends the others: whoever reads them sees all
/// that is wrong at once.
final class Preflight {
    private final Command.Restore command;
    private final RestorePlan plan;
    private final RestoreTargets targets;
    private final List<Room> rooms;
    private final Optional<Postmaster> server;

    Preflight(
            Command.Restore command,
            RestorePlan plan,
            RestoreTargets targets,
            List<Room> rooms,
            Optional<Postmaster> server) {
        this.command = command;
        this.plan = plan;
        this.targets = targets;
        this.rooms = rooms;
        this.server = server;
    }

    /// @param programs of the plan's major; throws where there are none
    List<PreflightCheck> run(Supplier<PostgresPrograms> programs, Hooks hooks) {
        List<PreflightCheck> checks = new ArrayList<>();
        checks.add(directory());
        checks.add(server());
        checks.add(tablespaces());
        checks.add(space());
        if (!plan.run()) {
            checks.add(PreflightCheck.ok("binaries", "not needed, no server is started"));
        } else {
            try {
                ServerHome home = new ServerHome(programs.get());
                checks.add(PreflightCheck.ok(
                        "binaries",
                        "PostgreSQL " + plan.major() + " in " + home.programs().bin()));
                checks.add(libraries(home));
                checks.add(extensions(home));
            } catch (PlatformException missing) {
                checks.add(refused("binaries", missing));
            }
        }
        checks.add(Collations.check(plan.source().environment().collations()));
        checks.add(configuration());
        if (command.inPlace() != null) {
            checks.add(hooks(hooks, command.inPlace()));
        }
        return checks;
    }

    private static PreflightCheck hooks(Hooks hooks, InPlace named) {
        List<String> names = Stream.of(named.stopHook(), named.startHook(), named.verification())
                .flatMap(Stream::ofNullable)
                .toList();
        try {
            names.forEach(hooks::require);
            return PreflightCheck.ok("hooks", names.isEmpty() ? "none" : names + "");
        } catch (PlatformException refusal) {
            return refused("hooks", refusal);
        }
    }

    private PreflightCheck directory() {
        try {
            targets.checkDirectories();
            return PreflightCheck.ok(
                    "directory",
                    Files.exists(plan.directory())
                            ? "'" + plan.directory() + "' may be taken"
                            : "'" + plan.directory() + "' will be made");
        } catch (PlatformException refusal) {
            return refused("directory", refusal);
        }
    }

    private PreflightCheck server() {
        if (server.isPresent() && command.inPlace() != null && command.inPlace().stopHook() != null) {
            return PreflightCheck.ok(
                    "server",
                    "process " + server.get().pid() + " runs, and hook '"
                            + command.inPlace().stopHook() + "' stops it");
        }
        return server.map(running -> PreflightCheck.refused(
                        "server",
                        FailureCode.TARGET_NOT_EMPTY,
                        "process " + running.pid() + " runs in '" + plan.directory() + "'",
                        "Stop it first."))
                .orElseGet(() -> PreflightCheck.ok("server", "none runs in '" + plan.directory() + "'"));
    }

    private PreflightCheck tablespaces() {
        long home = plan.tablespaces().stream()
                .filter(tablespace -> tablespace.from().equals(tablespace.to().toString()))
                .count();
        int all = plan.tablespaces().size();
        return PreflightCheck.ok(
                "tablespaces",
                all == 0 ? "the backup has none" : all + " mapped, " + home + " of them to where they were");
    }

    private PreflightCheck space() {
        return rooms.stream()
                .filter(room -> room.free() < room.needed())
                .findFirst()
                .map(room -> PreflightCheck.refused(
                        "space",
                        FailureCode.TARGET_SPACE,
                        "filesystem '" + room.filesystem() + "' has " + room.free() + " bytes free, the restore needs "
                                + room.needed(),
                        "Make space, or choose another filesystem."))
                .orElseGet(() -> PreflightCheck.ok(
                        "space", "enough on " + rooms.size() + (rooms.size() == 1 ? " filesystem" : " filesystems")));
    }

    /// Without one of these no server starts.
    private PreflightCheck libraries(ServerHome home) {
        Map<String, String> wanted = plan.source().environment().preloadedLibraries();
        List<String> missing =
                wanted.keySet().stream().filter(name -> !home.hasLibrary(name)).toList();
        if (!missing.isEmpty()) {
            return PreflightCheck.refused(
                    "libraries",
                    FailureCode.SERVER_BINARIES,
                    "the source preloads " + missing + ", which this host does not have",
                    "Install their packages: a server does not start without them.");
        }
        return wanted.isEmpty() && plan.source().environment().extensions().isEmpty()
                ? PreflightCheck.warning(
                        "libraries",
                        "unknown: the backup does not name the libraries that its source preloads",
                        "Where shared_preload_libraries was set, install them first.")
                : PreflightCheck.ok(
                        "libraries",
                        wanted.isEmpty() ? "the source preloads none that it tells" : wanted.keySet() + "");
    }

    private PreflightCheck extensions(ServerHome home) {
        Map<String, String> wanted = plan.source().environment().extensions();
        if (wanted.isEmpty()) {
            return PreflightCheck.warning(
                    "extensions",
                    "unknown: the backup does not name the extensions of its source",
                    "Install the packages of the extensions that its dbnames use.");
        }
        Optional<Path> folder = home.extensions();
        if (folder.isEmpty()) {
            return PreflightCheck.warning(
                    "extensions",
                    "unknown: no folder of extensions belongs to "
                            + home.programs().bin(),
                    "Install the packages of " + wanted.keySet() + " if they are not there.");
        }
        List<String> missing = wanted.keySet().stream()
                .filter(name -> !Files.exists(folder.get().resolve(name + ".control")))
                .toList();
        return missing.isEmpty()
                ? PreflightCheck.ok("extensions", wanted.keySet() + " of the dbname that the backup was taken through")
                : PreflightCheck.warning(
                        "extensions",
                        "this host does not have " + missing,
                        "Install their packages: the copy opens without them, and what uses them fails.");
    }

    private PreflightCheck configuration() {
        List<String> missing = Stream.of(
                        plan.source().settings() ? "" : "postgresql.conf",
                        plan.source().hba() ? "" : "pg_hba.conf")
                .filter(name -> !name.isEmpty())
                .toList();
        if (missing.isEmpty()) {
            return PreflightCheck.ok("configuration", "in the data directory");
        }
        return command.start()
                ? PreflightCheck.warning(
                        "configuration",
                        String.join(" and ", missing) + " lay outside the data directory and is not in the backup",
                        "The least that a server needs is written instead; bring the settings from elsewhere.")
                : PreflightCheck.warning(
                        "configuration",
                        String.join(" and ", missing) + " lay outside the data directory and is not in the backup",
                        "Bring it from elsewhere before you start a server.");
    }

    private static PreflightCheck refused(String name, PlatformException refusal) {
        return PreflightCheck.refused(name, refusal.code(), refusal.text(), refusal.hint());
    }
}
