package io.walkback.restore.replay;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.fetch.Postmaster;
import io.walkback.restore.plan.RestorePlan;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Starts a restored server for its owner: on the unix socket in the run directory, in a session of its own, so
/// that it stays when the worker goes. Who may log in is the restored `pg_hba.conf`'s business.
public final class OpenServer {
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofMillis(20);

    private OpenServer() {}

    /// Returns once the server accepts connections.
    ///
    /// @return its process id
    public static long start(
            RestorePlan plan, RunDirectory run, PostgresPrograms programs, Optional<ServerAccount> account)
            throws InterruptedException {
        List<String> command = new ArrayList<>();
        account.ifPresent(user -> command.addAll(
                List.of("setpriv", "--reuid=" + user.uid(), "--regid=" + user.gid(), "--init-groups", "--")));
        command.addAll(List.of("setsid", "--fork", programs.program("postgres").toString()));
        command.addAll(List.of("-D", plan.directory().toString(), "-p", Integer.toString(Recovery.PORT)));
        command.addAll(List.of("-c", "listen_addresses=", "-c", "unix_socket_directories=" + run.path()));
        RecoverySettings.overrides(plan, run).forEach((name, value) -> {
            if (!name.equals("restart_after_crash")) {
                command.addAll(List.of("-c", name + "=" + value));
            }
        });
        try {
            Process launcher = new ProcessBuilder(command)
                    .directory(run.path().toFile())
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(run.log().toFile()))
                    .start();
            long started = System.nanoTime();
            while (System.nanoTime() - started < DEADLINE.toNanos()) {
                Optional<Postmaster> server = Postmaster.of(plan.directory());
                if (server.filter(Postmaster::isReady).isPresent()) {
                    return server.get().pid();
                }
                boolean launched = launcher.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (launched && (launcher.exitValue() != 0 || (server.isEmpty() && hasGivenUp(started)))) {
                    break;
                }
                if (launched) {
                    TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
                }
            }
        } catch (IOException failure) {
            throw FileFailures.of("start a server on", plan.directory(), failure);
        }
        throw new OperatorActionException(
                FailureCode.RECOVERY_FAILED,
                "the copy was recovered, and the server does not start on it; its log ends: "
                        + Recovery.tail(run.log()),
                "Read " + run.log() + "; a setting of the backup may not fit this host.");
    }

    /// A server writes `postmaster.pid` within moments of its start; without one after ten seconds it has ended.
    private static boolean hasGivenUp(long started) {
        return System.nanoTime() - started > Duration.ofSeconds(10).toNanos();
    }
}
