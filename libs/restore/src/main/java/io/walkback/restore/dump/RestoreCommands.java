package io.walkback.restore.dump;

import io.walkback.postgres.client.ClientCommand;
import io.walkback.postgres.client.ClientLogin;
import io.walkback.postgres.client.ClientPrograms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How the client programs are called for a logical restore.
record RestoreCommands(ClientPrograms programs, ClientLogin login) {
    private static final String APPLICATION = "walkback_restore";
    private static final String HINT = "See what it said; roles, extensions, collations and tablespaces that the"
            + " archive names must be on the server.";

    /// What is in an archive that comes on standard input.
    static ClientCommand list(ClientPrograms programs) {
        return offline(List.of(programs.program("pg_restore").toString(), "--list"));
    }

    /// Its definitions as SQL, that of the dbname itself among the first.
    static ClientCommand definitions(ClientPrograms programs) {
        return offline(List.of(
                programs.program("pg_restore").toString(), "--create", "--schema-only", "--no-comments", "--file=-"));
    }

    private static ClientCommand offline(List<String> arguments) {
        return new ClientCommand(
                arguments,
                ClientLogin.withoutServer(System.getenv()),
                "The archive may be of a later version than these programs: install newer ones.");
    }

    /// Restores what comes on standard input.
    ///
    /// @param whole all in one transaction, which takes a lock for each object until its end
    ClientCommand restore(String dbname, boolean owners, boolean tablespaces, boolean whole) {
        List<String> command = new ArrayList<>(login.command(programs.program("pg_restore")));
        command.add("--exit-on-error");
        if (whole) {
            command.add("--single-transaction");
        }
        if (!owners) {
            command.add("--no-owner");
            command.add("--no-privileges");
        }
        if (!tablespaces) {
            command.add("--no-tablespaces");
        }
        command.add("--dbname=" + ClientLogin.connection(dbname));
        return online(command);
    }

    /// An archive to standard output; whoever wants its list only stops reading.
    ClientCommand dump(String dbname) {
        List<String> command = new ArrayList<>(login.command(programs.program("pg_dump")));
        command.addAll(List.of("--format=custom", "--compress=0", "--lock-wait-timeout=300000"));
        command.add("--dbname=" + ClientLogin.connection(dbname));
        return online(command);
    }

    private ClientCommand online(List<String> arguments) {
        Map<String, String> environment = login.environment(System.getenv(), APPLICATION);
        return new ClientCommand(arguments, environment, HINT);
    }
}
