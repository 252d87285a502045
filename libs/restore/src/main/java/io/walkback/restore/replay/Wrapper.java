package io.walkback.restore.replay;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.client.AskForWal;
import io.walkback.restore.fetch.FileFailures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The program that `restore_command` names: a shell script that asks [WalServer] and turns its answer into an exit
/// code. Installed beside the socket, never in the data directory, and tried as the server's account before any
/// server starts.
///
/// Asked by `curl` where it is installed, else by the JVM that runs us. Measured on a busy machine of two cores,
/// one call is about 25 ms with `curl` and about 175 ms with the JVM, so a gigabyte of 16 MiB segments spends 2 s
/// or 11 s in it.
final class Wrapper {
    /// Longer than [WalSupply] tries, so that the server's answer comes first.
    private static final int ANSWER_SECONDS = 600;

    private static final List<String> CURL = List.of("/usr/bin/curl", "/bin/curl", "/usr/local/bin/curl");

    private final RunDirectory run;
    private final Optional<ServerAccount> account;

    Wrapper(RunDirectory run, Optional<ServerAccount> account) {
        this.run = run;
        this.account = account;
    }

    /// Installs the script with the first client that works. `PROCESS_FAILED` when none does.
    void install() throws InterruptedException {
        for (String curl : CURL) {
            if (Files.isExecutable(Path.of(curl)) && worksWith(curl(curl))) {
                return;
            }
        }
        if (!worksWith(java())) {
            throw new OperatorActionException(
                    FailureCode.PROCESS_FAILED,
                    "neither curl nor this JVM can ask for wal as the account that runs the server",
                    "Install curl, or make this JVM readable for that account.");
        }
    }

    /// The value of `restore_command`. The path has no character that a shell or PostgreSQL would take for
    /// anything.
    String command() {
        return run.wrapper() + " %f %p";
    }

    boolean worksWith(String script) throws InterruptedException {
        write(script);
        List<String> command = new ArrayList<>();
        account.ifPresent(user -> command.addAll(
                List.of("setpriv", "--reuid=" + user.uid(), "--regid=" + user.gid(), "--init-groups", "--")));
        command.addAll(List.of(run.wrapper().toString(), "ping", "pg_wal/ping"));
        try {
            Process trial = new ProcessBuilder(command)
                    .directory(run.path().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                return trial.waitFor(20, TimeUnit.SECONDS) && trial.exitValue() == 0;
            } finally {
                trial.destroyForcibly();
            }
        } catch (IOException failure) {
            throw FileFailures.of("run", run.wrapper(), failure);
        }
    }

    String curl(String program) {
        // -q first: nobody's .curlrc takes part. Only an answer of the worker decides between 0 and 1.
        return """
            #!/bin/sh
            # Walkback: restore_command of a restore. 0: written, 1: the archive has none, 202 and above: could not tell.
            code=$('%s' -q --silent --noproxy '*' --max-time %d --output /dev/null --write-out '%%{http_code}' \\
                --unix-socket '%s' "http://walkback/$1/${2##*/}") || exit 202
            case "$code" in
                200) exit 0 ;;
                404) exit 1 ;;
                *) exit 203 ;;
            esac
            """.formatted(program, ANSWER_SECONDS, run.walSocket());
    }

    String java() {
        String name = AskForWal.class.getName().replace('.', '/') + ".class";
        Path copy = run.client().resolve(name);
        try (InputStream compiled = AskForWal.class.getClassLoader().getResourceAsStream(name)) {
            if (compiled == null) {
                throw new IllegalStateException("no resource " + name);
            }
            Files.createDirectories(copy.getParent());
            Files.write(copy, compiled.readAllBytes());
            account.ifPresent(user -> user.own(run.client()));
        } catch (IOException failure) {
            throw FileFailures.of("write", copy, failure);
        }
        return """
            #!/bin/sh
            # Walkback: restore_command of a restore. 0: written, 1: the archive has none, 202 and above: could not tell.
            '%s' -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx16m -cp '%s' %s '%s' "$1" "${2##*/}"
            case "$?" in
                0) exit 0 ;;
                %d) exit 1 ;;
                *) exit 202 ;;
            esac
            """.formatted(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        run.client(),
                        AskForWal.class.getName(),
                        run.walSocket(),
                        AskForWal.NONE);
    }

    private void write(String script) {
        try {
            Files.writeString(run.wrapper(), script);
            Files.setPosixFilePermissions(run.wrapper(), PosixFilePermissions.fromString("rwx------"));
            account.ifPresent(user -> user.own(run.wrapper()));
        } catch (IOException failure) {
            throw FileFailures.of("write", run.wrapper(), failure);
        }
    }
}
