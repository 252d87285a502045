package io.walkback.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Programs that nobody hears of: in a network namespace of their own, in which not even loopback is up, and, for
/// root, in a mount namespace in which nothing but a few folders can be written. Unix sockets with a path go on
/// working, so a server in there still answers us.
///
/// `unshare` of util-linux makes them, before anything else happens to the process: root may do so, others where the
/// system lets them have user namespaces, and then without mounts.
public final class Confinement {
    private static final Logger LOG = LoggerFactory.getLogger(Confinement.class);
    private static final String UNSHARE = DeathSignal.onPath("unshare");

    /// Everything that was mounted becomes read-only; what is bound onto itself before is not among that. Devices
    /// stay: shared memory is there. Values are parameters and never part of the text.
    private static final String SCRIPT = """
        set -e
        mounts=$(cat /proc/self/mounts)
        while [ "$1" != -- ]; do mount --bind "$1" "$1"; shift; done
        shift
        printf '%s\\n' "$mounts" | while read -r _ point _; do
            point=$(printf '%b' "$point")
            case $point in
                /dev|/dev/*|/proc|/proc/*|/sys|/sys/*) ;;
                *) mount -o remount,bind,ro "$point" ;;
            esac
        done
        exec "$@"
        """;

    private static final boolean MOUNTS = confinesFiles();
    private static final List<String> NETWORK = MOUNTS ? List.of() : network();

    private Confinement() {}

    /// Whether programs can be kept from the network.
    public static boolean ofNetwork() {
        return MOUNTS || !NETWORK.isEmpty();
    }

    /// Whether programs can be kept from writing files elsewhere.
    public static boolean ofFiles() {
        return MOUNTS;
    }

    /// Whether a process is in another network namespace than this one; false also where that cannot be seen.
    public static boolean isApart(long pid) {
        try {
            return !Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net"))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
        } catch (IOException unreadable) {
            LOG.atWarn()
                    .setCause(unreadable)
                    .addKeyValue("pid", pid)
                    .log("network namespace of a process cannot be seen");
            return false;
        }
    }

    /// What goes before a command that may write `folders` only; as much of it as the system can do.
    static List<String> prefix(List<Path> folders) {
        return MOUNTS ? mounts(folders) : NETWORK;
    }

    private static List<String> mounts(List<Path> folders) {
        List<String> command =
                new ArrayList<>(List.of(UNSHARE, "--net", "--mount", "--", "/bin/sh", "-c", SCRIPT, "confine"));
        folders.forEach(folder -> command.add(folder.toString()));
        command.add("--");
        return command;
    }

    /// Tried, not assumed: a file can be written inside, and none outside.
    private static boolean confinesFiles() {
        try {
            Path inside = Files.createTempDirectory("walkback-inside-");
            Path outside = Files.createTempDirectory("walkback-outside-");
            try {
                List<String> trial = mounts(List.of(inside));
                trial.addAll(List.of(
                        "/bin/sh",
                        "-c",
                        "touch \"$1/file\" && ! touch \"$2/file\"",
                        "trial",
                        inside.toString(),
                        outside.toString()));
                return works(trial) && Files.exists(inside.resolve("file"));
            } finally {
                Files.deleteIfExists(inside.resolve("file"));
                Files.deleteIfExists(outside.resolve("file"));
                Files.delete(inside);
                Files.delete(outside);
            }
        } catch (IOException _) {
            // No room for a trial: no confinement that could be relied on.
            return false;
        }
    }

    private static List<String> network() {
        for (List<String> command :
                List.of(List.of(UNSHARE, "--net", "--"), List.of(UNSHARE, "--map-current-user", "--net", "--"))) {
            List<String> trial = new ArrayList<>(command);
            trial.add("true");
            if (works(trial)) {
                return command;
            }
        }
        return List.of();
    }

    private static boolean works(List<String> command) {
        try {
            Process trial = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return trial.waitFor(10, TimeUnit.SECONDS) && trial.exitValue() == 0;
        } catch (IOException _) {
            // Not installed: there is nothing to try.
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
