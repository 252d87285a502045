package io.walkback.postgres.client;

import io.walkback.postgres.connection.PostgresTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How client programs log in to one server. The password is in the environment only (P11); names of dbnames are
/// quoted for libpq, which would take one with `=` in it for a connection string.
public record ClientLogin(PostgresTarget target) {
    /// What a client program may know of this process: where libraries and certificates are.
    private static final Set<String> INHERITED = Set.of("HOME", "PATH", "LD_LIBRARY_PATH", "TMPDIR");

    /// A program and the options that say where the server is and who asks; the caller adds to the list.
    public List<String> command(Path program) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.add("--no-password");
        command.add("--host=" + target.host());
        command.add("--port=" + target.port());
        command.add("--username=" + target.user());
        return command;
    }

    /// The whole environment of a program.
    ///
    /// @param ours            the environment of this process
    /// @param applicationName what `pg_stat_activity` shows
    public Map<String, String> environment(Map<String, String> ours, String applicationName) {
        Map<String, String> environment = withoutServer(ours);
        environment.put("PGAPPNAME", applicationName);
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

    /// The whole environment of a program that asks no server; the caller adds to the map.
    public static Map<String, String> withoutServer(Map<String, String> ours) {
        Map<String, String> environment = new HashMap<>(ours);
        environment.keySet().retainAll(INHERITED);
        environment.put("LC_ALL", "C.UTF-8");
        return environment;
    }

    /// A connection string that says nothing but the dbname, and that a server which fell silent is noticed within
    /// two minutes.
    public static String connection(String dbname) {
        return "dbname='" + dbname.replace("\\", "\\\\").replace("'", "\\'")
                + "' keepalives_idle=60 keepalives_interval=15 keepalives_count=4 tcp_user_timeout=120000";
    }
}
