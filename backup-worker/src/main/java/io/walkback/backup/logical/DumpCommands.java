package io.walkback.backup.logical;

import io.walkback.postgres.client.ClientCommand;
import io.walkback.postgres.client.ClientLogin;
import io.walkback.postgres.client.ClientPrograms;
import io.walkback.postgres.connection.PostgresTarget;
import java.time.Duration;
import java.util.List;

/// How the client programs are called for a dump. Stateless.
final class DumpCommands {
    /// A dump waits this long for a table that somebody holds exclusively, then fails and is tried again, rather
    /// than holding back what queues behind it.
    static final Duration LOCK_WAIT = Duration.ofMinutes(5);

    private static final String HINT = "Nothing of this attempt is kept. A role that may not read everything needs"
            + " pg_read_all_data, and for large objects of others it must be a superuser.";

    private final ClientPrograms programs;
    private final ClientLogin login;

    DumpCommands(ClientPrograms programs, PostgresTarget target) {
        this.programs = programs;
        this.login = new ClientLogin(target);
    }

    /// One dbname to standard output, in the custom format and not compressed: compressing and sealing are ours.
    ClientCommand dump(String dbname, String snapshot) {
        List<String> command = login.command(programs.program("pg_dump"));
        command.add("--format=custom");
        command.add("--compress=0");
        command.add("--no-sync");
        command.add("--lock-wait-timeout=" + LOCK_WAIT.toMillis());
        command.add("--snapshot=" + snapshot);
        command.add("--dbname=" + ClientLogin.connection(dbname));
        return called(command);
    }

    /// Roles, tablespaces and settings, as SQL to standard output.
    ///
    /// @param rolePasswords whether the role may see those of others
    ClientCommand globals(boolean rolePasswords) {
        List<String> command = login.command(programs.program("pg_dumpall"));
        command.add("--globals-only");
        if (!rolePasswords) {
            command.add("--no-role-passwords");
        }
        command.add("--database=" + ClientLogin.connection(login.target().database()));
        return called(command);
    }

    /// What is in an archive that comes on standard input.
    ClientCommand list() {
        return new ClientCommand(
                List.of(programs.program("pg_restore").toString(), "--list"),
                ClientLogin.withoutServer(System.getenv()),
                HINT);
    }

    private ClientCommand called(List<String> command) {
        return new ClientCommand(command, login.environment(System.getenv(), "walkback_dump"), HINT);
    }
}
