package io.walkback.restore.sandbox;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.replay.RunDirectory;
import io.walkback.restore.replay.ServerTerms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// What is done to a copy before its server starts, by PostgreSQL's single-user mode: a role of ours is made, since
/// nobody knows who the superuser of the source is and whether he may log in; subscriptions are disabled. In that
/// mode there are no other processes, no event triggers and no network.
final class SingleUser {
    private static final long DEADLINE_SECONDS = 120;

    private final RestorePlan plan;
    private final RunDirectory run;
    private final PostgresPrograms programs;
    private final Optional<ServerAccount> account;

    SingleUser(RestorePlan plan, RunDirectory run, PostgresPrograms programs, Optional<ServerAccount> account) {
        this.plan = plan;
        this.run = run;
        this.programs = programs;
        this.account = account;
    }

    /// @return the name of the role
    String prepare() throws InterruptedException {
        String role = "walkback_" + UUID.randomUUID().toString().substring(0, 8);
        Path statements = run.path().resolve("prepare.sql");
        // One statement a line. What nobody may connect to is checked like the others; -2 is what a DROP DATABASE
        // that was broken off leaves, and PostgreSQL lets nobody in.
        String text = """
            CREATE ROLE %s SUPERUSER LOGIN
            UPDATE pg_catalog.pg_subscription SET subenabled = false
            UPDATE pg_catalog.pg_database SET datallowconn = true WHERE NOT datallowconn AND datconnlimit <> -2
            """.formatted(role);
        try {
            Files.writeString(statements, text);
            Process process = new ProcessBuilder(command())
                    .directory(run.path().toFile())
                    .redirectInput(statements.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(run.log().toFile()))
                    .start();
            try {
                if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    throw new OperatorActionException(
                            FailureCode.RECOVERY_FAILED,
                            "the recovered copy cannot be prepared: PostgreSQL's single-user mode "
                                    + (process.isAlive() ? "does not end" : "ended with " + process.exitValue()),
                            "Restore it into a directory and start it there to see its log.");
                }
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException failure) {
            throw FileFailures.of("prepare", plan.directory(), failure);
        }
        return role;
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        account.ifPresent(user -> command.addAll(
                List.of("setpriv", "--reuid=" + user.uid(), "--regid=" + user.gid(), "--init-groups", "--")));
        command.addAll(List.of(
                programs.program("postgres").toString(),
                "--single",
                "-D",
                plan.directory().toString()));
        ServerTerms terms = SandboxSettings.open(List.of());
        Map<String, String> settings = new TreeMap<>(terms.overrides());
        settings.put("exit_on_error", "on");
        settings.put("data_directory", plan.directory().toString());
        settings.put("archive_mode", "off");
        settings.put("logging_collector", "off");
        settings.put("log_destination", "stderr");
        settings.put("external_pid_file", "");
        settings.put("ssl", "off");
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        command.add("template1");
        return command;
    }
}
