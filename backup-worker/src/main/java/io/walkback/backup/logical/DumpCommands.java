package io.walkback.backup.logical;

import io.walkback.postgres.connection.PostgresTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How the client programs are called. The password is in the environment only (P11); names of dbnames are quoted
/// for libpq, which would take one with `=` in it for a connection string. Stateless.
final class DumpCommands {
    /// A dump waits this long for a table that somebody holds exclusively, then fails and is tried again, rather
    /// than holding back what queues behind it.
    static final Duration LOCK_WAIT = Duration.ofMinutes(5);

    /// What a client program may know of this process: where libraries and certificates are.
    private static final Set<String> INHERITED = Set.of("HOME", "PATH", "LD_LIBRARY_PATH", "TMPDIR");

    private final ClientPrograms programs;
    private final PostgresTarget target;

    DumpCommands(ClientPrograms programs, PostgresTarget target) {
        this.programs = programs;
        this.target = target;
    }

    /// One dbname to standard output, in the custom format and not compressed: compressing and sealing are ours.
    List<String> dump(String dbname, String snapshot) {
        List<String> command = login("pg_dump");
        command.add("--format=custom");
        command.add("--compress=0");
        command.add("--no-sync");
        command.add("--lock-wait-timeout=" + LOCK_WAIT.toMillis());
        command.add("--snapshot=" + snapshot);
        command.add("--dbname=" + connection(dbname));
        return command;
    }

    /// Roles, tablespaces and settings, as SQL to standard output.
    ///
    /// @param rolePasswords whether the role may see those of others
    List<String> globals(boolean rolePasswords) {
        List<String> command = login("pg_dumpall");
        command.add("--globals-only");
        if (!rolePasswords) {
            command.add("--no-role-passwords");
        }
        command.add("--database=" + connection(target.database()));
        return command;
    }

    /// What is in an archive that comes on standard input.
    List<String> list() {
        return List.of(programs.program("pg_restore").toString(), "--list");
    }

    /// The whole environment of a program.
    Map<String, String> environment(Map<String, String> ours) {
        Map<String, String> environment = new HashMap<>(ours);
        environment.keySet().retainAll(INHERITED);
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("PGAPPNAME", "walkback_dump");
        environment.put("PGCONNECT_TIMEOUT", "15");
        environment.put("PGSSLMODE", target.sslMode().parameter());
        if (target.sslRootCert() != null) {
            environment.put("PGSSLROOTCERT", target.sslRootCert().toString());
        }
        if (target.password() != null) {
            environment.put("PGPASSWORD", target.password().reveal());
        }
        return environment;
    }

    private List<String> login(String program) {
        List<String> command = new ArrayList<>();
        command.add(programs.program(program).toString());
        command.add("--no-password");
        command.add("--host=" + target.host());
        command.add("--port=" + target.port());
        command.add("--username=" + target.user());
        return command;
    }

    /// A connection string that says nothing but the dbname, and that a server which fell silent is noticed within
    /// two minutes.
    static String connection(String dbname) {
        return "dbname='" + dbname.replace("\\", "\\\\").replace("'", "\\'")
                + "' keepalives_idle=60 keepalives_interval=15 keepalives_count=4 tcp_user_timeout=120000";
    }
}
