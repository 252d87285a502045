package io.walkback.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What to start as a child process.
///
/// @param name        how messages call it, for example `broker`
/// @param command     the program and its arguments; never a secret, since every user of the machine can read them
/// @param environment added to the environment of this process
/// @param directory   working directory
/// @param log         file that takes standard output and standard error, appended
/// @param stopSignal  asks the program to end, see [ChildProcess#stop]
/// @param deathSignal what the kernel sends when the parent dies
/// @param account     the account to run it under when this process is root; empty: this process's own
/// @param confinedTo  the only folders that it may write, without network, as far as the system can do that
///                    ([Confinement]); empty: it is not confined
public record Launch(
        String name,
        List<String> command,
        Map<String, String> environment,
        Path directory,
        Path log,
        Signal stopSignal,
        Signal deathSignal,
        Optional<ServerAccount> account,
        List<Path> confinedTo) {
    public Launch {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("nothing to start for " + name);
        }
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        confinedTo = List.copyOf(confinedTo);
    }

    /// A program under this process's own account that ends on SIGTERM.
    public static Launch of(String name, List<String> command, Path directory, Path log) {
        return new Launch(
                name, command, Map.of(), directory, log, Signal.TERM, Signal.TERM, Optional.empty(), List.of());
    }

    /// The same with `environment` instead.
    public Launch withEnvironment(Map<String, String> added) {
        return new Launch(name, command, added, directory, log, stopSignal, deathSignal, account, confinedTo);
    }

    /// The same with another signal at the parent's death: [Signal#KILL] for a program that survives a crash
    /// anyway and would take its time over an orderly end when what it depends on is dying too.
    public Launch withDeathSignal(Signal other) {
        return new Launch(name, command, environment, directory, log, stopSignal, other, account, confinedTo);
    }
}
