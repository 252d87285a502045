package io.walkback.restore.inplace;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.restore.fetch.FileFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Programs of one folder of this host, which its operator has put there: run by their plain name, without a shell,
/// without arguments, with an environment of our own, and not for longer than [#DEADLINE].
///
/// Folder and program must belong to root or to this process's account, and nobody else may write them: whoever can
/// send a request picks among what the host offers, and can add nothing to it.
///
/// @param folder empty: this host offers none
public record Hooks(Optional<Path> folder) {
    public static final Hooks NONE = new Hooks(Optional.empty());

    /// A large server takes minutes for its last checkpoint.
    static final Duration DEADLINE = Duration.ofMinutes(15);

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final int SAID = 1000;

    /// Refuses a hook that cannot be run: `HOOK_FAILED`. Runs nothing.
    public Path require(String name) {
        Path home = folder.orElseThrow(() -> refused(
                "hook '" + name + "' is asked for, and this host offers none",
                "Name the folder of hooks in WALKBACK_RESTORE_HOOKS."));
        if (!NAME.matcher(name).matches()) {
            throw refused("a hook is a plain file name", "Put the program into '" + home + "' and give its name.");
        }
        Path program = home.resolve(name);
        if (!Files.isRegularFile(program, LinkOption.NOFOLLOW_LINKS) || !Files.isExecutable(program)) {
            throw refused("'" + program + "' is no program", "Put an executable file there; links are not followed.");
        }
        requireOurs(home);
        requireOurs(program);
        return program;
    }

    /// Runs one and waits for its end.
    ///
    /// @param log takes what it says
    /// @param environment what it is told, besides a `PATH` of system folders
    void run(String name, Map<String, String> environment, Path log) throws InterruptedException {
        Path program = require(name);
        ProcessBuilder builder = new ProcessBuilder(List.of(program.toString()))
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            boolean ended = false;
            try {
                ended = process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            } finally {
                if (!ended) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                }
            }
            if (!ended) {
                throw refused(
                        "hook '" + name + "' was still running after " + DEADLINE.toMinutes() + " minutes",
                        "It was ended. Read " + log + ".");
            }
            if (process.exitValue() != 0) {
                throw refused(
                        "hook '" + name + "' ended with " + process.exitValue() + ": " + said(log),
                        "Read " + log + ".");
            }
        } catch (IOException failure) {
            throw FileFailures.of("run", program, failure);
        }
    }

    private static void requireOurs(Path path) {
        try {
            Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            Object me = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            Set<PosixFilePermission> modes = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
            boolean ours = owner.equals(0) || owner.equals(me);
            if (!ours
                    || modes.contains(PosixFilePermission.GROUP_WRITE)
                    || modes.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw refused(
                        "'" + path + "' may be written by others",
                        "It must belong to root or to the account of this process, with no write permission for"
                                + " anybody else.");
            }
        } catch (IOException failure) {
            throw FileFailures.of("look at", path, failure);
        }
    }

    private static String said(Path log) {
        try {
            String text = Files.readString(log).strip();
            return text.substring(Math.max(0, text.length() - SAID));
        } catch (IOException unreadable) {
            return "(unreadable: " + unreadable + ")";
        }
    }

    private static OperatorActionException refused(String message, String hint) {
        return new OperatorActionException(FailureCode.HOOK_FAILED, message, hint);
    }
}
