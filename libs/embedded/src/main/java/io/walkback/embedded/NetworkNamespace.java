package io.walkback.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Programs in a network namespace of their own, in which there is nobody: not even loopback is up. Unix sockets
/// with a path go on working, so a server in there still answers us.
///
/// `unshare` of util-linux makes it, before anything else happens to the process: root may do so, others where the
/// system lets them have user namespaces.
public final class NetworkNamespace {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkNamespace.class);
    private static final String UNSHARE = DeathSignal.onPath("unshare");
    private static final List<String> AS_ROOT = List.of(UNSHARE, "--net", "--");
    private static final List<String> AS_USER = List.of(UNSHARE, "--map-current-user", "--net", "--");
    private static final List<String> COMMAND = firstThatWorks();

    private NetworkNamespace() {}

    /// Whether this process can start programs in one.
    public static boolean isSupported() {
        return !COMMAND.isEmpty();
    }

    /// Whether a process is in another namespace than this one; false also where that cannot be seen.
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

    /// What goes before a command; empty where namespaces are not to be had.
    static List<String> prefix() {
        return COMMAND;
    }

    private static List<String> firstThatWorks() {
        if (works(AS_ROOT)) {
            return AS_ROOT;
        }
        return works(AS_USER) ? AS_USER : List.of();
    }

    private static boolean works(List<String> command) {
        try {
            List<String> trialCommand = new ArrayList<>(command);
            trialCommand.add("true");
            Process trial = new ProcessBuilder(trialCommand)
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
