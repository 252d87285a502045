package io.walkback.postgres.setup;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/// The script that PostgreSQL's `archive_command` runs to push one file, and the line that runs it. Stateless.
public final class ArchiveWrapper {
    /// Where it is put on the database's host unless said otherwise.
    public static final String USUAL_PLACE = "/usr/local/bin/walkback-archive";

    private static final String RESOURCE = "walkback-archive";

    private ArchiveWrapper() {}

    /// The script, for `/bin/sh`.
    public static String script() {
        try (InputStream in = ArchiveWrapper.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("resource " + RESOURCE + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /// The file that curl reads the token from. To be readable by the server's account alone.
    ///
    /// @param token letters, digits, `-` and `_`
    public static String tokenFile(String token) {
        return "header = \"Authorization: Bearer " + token + "\"\n";
    }

    /// The value of `archive_command`.
    ///
    /// @param place     of the script on the database's host
    /// @param worker    where a backup-worker takes WAL
    /// @param tokenFile on the database's host
    public static String command(String place, URI worker, String database, String tokenFile) {
        String base = worker.toString().replaceAll("/+$", "");
        return word(place) + " " + word(base + "/wal/" + database) + " " + word(tokenFile) + " \"%p\" \"%f\"";
    }

    /// For the shell, and for PostgreSQL, which replaces `%p` and the like.
    private static String word(String text) {
        String percents = text.replace("%", "%%");
        return percents.matches("[A-Za-z0-9/._:%-]+") ? percents : "'" + percents.replace("'", "'\\''") + "'";
    }
}
