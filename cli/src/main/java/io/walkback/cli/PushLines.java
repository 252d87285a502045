package io.walkback.cli;

import io.walkback.client.DatabaseView;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Secret;
import io.walkback.postgres.setup.ArchiveWrapper;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What has to be put on a database's host before its server can push WAL, as lines for a shell. The token is in
/// none of them (P11): it is in a file, and the lines say where that file goes.
final class PushLines {
    static final String URL_HELP =
            "Where the database's host reaches a backup-worker (WALKBACK_PUSH_URL, else http://127.0.0.1:8432).";
    private static final String USUAL_URL = "http://127.0.0.1:8432";

    private final Session session;
    private final URI worker;

    /// @param url as given; null: `WALKBACK_PUSH_URL`, or a worker on the database's own host
    PushLines(Session session, @Nullable String url) {
        this.session = session;
        String named = url == null ? session.variable("WALKBACK_PUSH_URL") : url;
        this.worker = worker(named == null ? USUAL_URL : named);
    }

    private static URI worker(String text) {
        try {
            URI url = new URI(text);
            if (Set.of("http", "https").contains(String.valueOf(url.getScheme()))
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null) {
                return url;
            }
        } catch (URISyntaxException _) {
            // Its message repeats the text, which may hold a password.
        }
        throw Texts.refused(
                "the address for pushed WAL cannot be used", "Write --push-url https://backup-worker.example:8432.");
    }

    /// The value of `archive_command`.
    String command(DatabaseId database) {
        return ArchiveWrapper.command(ArchiveWrapper.USUAL_PLACE, worker, database.value(), tokenPlace(database));
    }

    private static String tokenPlace(DatabaseId database) {
        return "/etc/walkback/" + database + ".push";
    }

    /// Prints the lines; makes a token where there is none yet.
    void print(WalkbackClient client, DatabaseView view) throws InterruptedException {
        DatabaseId database = new DatabaseId(view.name());
        Path file = ready(client, view);
        if (session.output().asJson()) {
            Map<String, String> parts = new LinkedHashMap<>();
            parts.put("tokenFile", file.toString());
            parts.put("archiveCommand", command(database));
            parts.put("wrapper", ArchiveWrapper.script());
            session.output().json(parts);
            return;
        }
        Output output = session.output();
        output.text("");
        output.text("# On the database's host, as root. The token first, readable by the server's account alone;");
        output.text(
                Files.exists(file)
                        ? "# it is in this file here, to be copied there:"
                        : "# it was given out elsewhere ('walkback wal token " + database + "' makes another one):");
        output.text("install -d -m 0755 /etc/walkback");
        output.text("install -o postgres -g postgres -m 0600 '"
                + file.toString().replace("'", "'\\''") + "' " + tokenPlace(database));
        output.text("# What pushes one file; it needs curl:");
        output.text("cat > " + ArchiveWrapper.USUAL_PLACE + " <<'WALKBACK'");
        ArchiveWrapper.script().lines().forEach(output::text);
        output.text("WALKBACK");
        output.text("chmod 0755 " + ArchiveWrapper.USUAL_PLACE);
        output.text("# Then the server's settings, with 'walkback wal setup " + database
                + " --apply --admin-url ...', or as a superuser:");
        output.text("#   archive_command = " + command(database));
    }

    /// Makes a token where there is none yet. Where it is, or would be if it had been made here.
    Path ready(WalkbackClient client, DatabaseView view) throws InterruptedException {
        DatabaseId database = new DatabaseId(view.name());
        return Boolean.TRUE.equals(view.pushTokenIssued())
                ? new SecretFiles(session.configuration()).pushToken(database)
                : issue(client, database);
    }

    /// A new token, kept in its file; the one before lets nobody in any more.
    Path issue(WalkbackClient client, DatabaseId database) throws InterruptedException {
        Secret token = client.pushToken(database.value());
        try (SecretFiles.Staged staged = new SecretFiles(session.configuration())
                .stagePushToken(database, new Secret(ArchiveWrapper.tokenFile(token.reveal())))) {
            staged.keep();
            session.terminal()
                    .say("the token that lets WAL of '" + database + "' be pushed is in " + staged.file()
                            + " (mode 0600), and nowhere else");
            return staged.file();
        }
    }
}
