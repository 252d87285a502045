package io.walkback.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wraps a command so that the kernel signals it when its parent dies, SIGKILL included.
///
/// `setpriv --pdeathsig` of util-linux sets it; the account is switched by the same program, because the kernel
/// forgets the setting when a process changes its user. The signal is bound to the *thread* that started the
/// child, so [Children] starts every one from a thread that lives as long as the JVM. `setsid` gives each child a
/// session of its own: a terminal sends Ctrl-C to a whole process group, and a broker that ends beside its services
/// instead of after them makes all of them wait for it. Where `setpriv` is missing or cannot do it (BusyBox), only
/// the shutdown hook is left, and a warning says so once. Both programs are called by their full paths: `setpriv`
/// runs with the child's environment, whose `PATH` may not lead to `setsid`.
final class DeathSignal {
    private static final Logger LOG = LoggerFactory.getLogger(DeathSignal.class);
    private static final String SETPRIV = onPath("setpriv");
    private static final String SETSID = onPath("setsid");
    private static final boolean SUPPORTED = probe();

    private DeathSignal() {}

    /// Whether children die with a parent that was killed.
    static boolean isSupported() {
        return SUPPORTED;
    }

    /// The full command for `launch`.
    static List<String> command(Launch launch) {
        // First of all: it may need the rights that setpriv gives away, and would undo its death signal.
        List<String> command =
                new ArrayList<>(launch.confinedTo().isEmpty() ? List.of() : Confinement.prefix(launch.confinedTo()));
        if (SUPPORTED || launch.account().isPresent()) {
            command.add(SETPRIV);
            launch.account()
                    .ifPresent(account -> command.addAll(
                            List.of("--reuid=" + account.uid(), "--regid=" + account.gid(), "--init-groups")));
            if (SUPPORTED) {
                command.addAll(List.of("--pdeathsig", launch.deathSignal().name()));
            }
            command.add("--");
            if (SUPPORTED) {
                // A child of ours leads no process group, so this does not fork: the process id stays.
                command.add(SETSID);
            }
        }
        command.addAll(launch.command());
        return List.copyOf(command);
    }

    /// The full path of a program, or its bare name where `PATH` does not lead to it.
    static String onPath(String program) {
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse(program);
    }

    private static boolean probe() {
        try {
            Process probe = new ProcessBuilder(SETPRIV, "--pdeathsig", "TERM", "--", SETSID, "true")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0) {
                return true;
            }
            LOG.atWarn().log("setpriv knows no --pdeathsig: children outlive a parent that is killed");
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("reason", e.getMessage())
                    .log("setpriv cannot be run: children outlive a parent that is killed");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
