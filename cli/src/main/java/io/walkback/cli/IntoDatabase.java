package io.walkback.cli;

import io.walkback.domain.Secret;
import io.walkback.domain.database.SecretReference;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.connection.Targets;
import io.walkback.restore.dump.LogicalRestoreRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options of a restore into a running server.
final class IntoDatabase {
    @Option(
            names = "--into-database",
            paramLabel = "URL",
            description = {
                "A logical backup's archive into this dbname, which is not there yet or is empty:",
                "postgresql://user@host[:port]/NEWNAME[?sslmode=...], without a password."
            })
    private @Nullable String url;

    @Option(names = "--dbname", paramLabel = "NAME", description = "Which archive, where the backup has several.")
    private @Nullable String dbname;

    @Option(
            names = "--globals",
            paramLabel = "none|roles|all",
            defaultValue = "none",
            description = "Makes roles, or roles and tablespaces, that the server lacks; changes none that are there.")
    private String globals = "none";

    @Option(names = "--no-owner", description = "Everything belongs to the user of the URL; grants are left out.")
    private boolean noOwner;

    @Option(names = "--password-file", paramLabel = "FILE", description = "File that holds the password.")
    private @Nullable String passwordFile;

    @Option(
            names = "--password-env",
            paramLabel = "NAME",
            description = "Environment variable that holds the password.")
    private @Nullable String passwordVariable;

    boolean given() {
        return url != null;
    }

    LogicalRestoreRequest request(Session session) {
        LogicalRestoreRequest.Globals made =
                switch (globals) {
                    case "none" -> LogicalRestoreRequest.Globals.NONE;
                    case "roles" -> LogicalRestoreRequest.Globals.ROLES;
                    case "all" -> LogicalRestoreRequest.Globals.ALL;
                    default -> throw Texts.refused("--globals is none, roles or all", "Leave it out to make nothing.");
                };
        return new LogicalRestoreRequest(
                dbname,
                server(session, "--into-database", String.valueOf(url), passwordFile, passwordVariable),
                made,
                !noOwner);
    }

    /// A server that this process logs in to. The password is never an argument, which every user of the host could
    /// read.
    static PostgresTarget server(
            Session session,
            String option,
            String url,
            @Nullable String passwordFile,
            @Nullable String passwordVariable) {
        PostgresTarget target = PostgresTarget.parse(url);
        if (target.password() != null) {
            throw Texts.refused(
                    option + " holds a password, which other users of this host can see",
                    "Leave it out, and name a file by --password-file or a variable by --password-env.");
        }
        if (target.sslCert() != null || target.sslKey() != null) {
            throw Texts.refused(
                    option + " names a client certificate, which this version cannot use",
                    "Leave sslcert and sslkey out and use a password.");
        }
        if (passwordFile != null && passwordVariable != null) {
            throw Texts.refused(
                    "the password is given more than once", "Give --password-file or --password-env, not both.");
        }
        SecretReference reference = passwordFile != null
                ? new SecretReference.InFile(Texts.path("--password-file", passwordFile))
                : passwordVariable == null
                        ? null
                        : Texts.made("--password-env", passwordVariable, SecretReference.InEnvironment::new);
        Secret password = reference == null
                ? null
                : new Targets(session::variable).secret("the password of '" + target.url() + "'", reference);
        return target.withPassword(password);
    }
}
