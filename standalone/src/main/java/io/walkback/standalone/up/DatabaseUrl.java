package io.walkback.standalone.up;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A database as people write it: `postgresql://user:password@host:port/dbname`, as libpq reads it. The password
/// may be left out, as may the port (5432) and the dbname (`postgres`).
///
/// @param password never printed
record DatabaseUrl(String host, int port, String dbname, String user, Optional<Secret> password) {
    private static final int USUAL_PORT = 5432;

    /// Parses `text`; a refusal names the setting and never holds the text.
    static DatabaseUrl parse(String setting, String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException _) {
            // Its message repeats the text, which may hold a password.
            throw refused(setting);
        }
        boolean postgres = "postgresql".equals(url.getScheme()) || "postgres".equals(url.getScheme());
        String login = url.getRawUserInfo();
        if (!postgres || url.getHost() == null || login == null || login.isEmpty() || url.getRawQuery() != null) {
            throw refused(setting);
        }
        int colon = login.indexOf(':');
        String user = decoded(colon < 0 ? login : login.substring(0, colon));
        Optional<Secret> password =
                colon < 0 ? Optional.empty() : Optional.of(new Secret(decoded(login.substring(colon + 1))));
        String path = url.getPath();
        String dbname = path == null || path.length() < 2 ? "postgres" : path.substring(1);
        return new DatabaseUrl(url.getHost(), url.getPort() < 0 ? USUAL_PORT : url.getPort(), dbname, user, password);
    }

    /// A plus sign is itself in a login, other than in a form.
    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static OperatorActionException refused(String setting) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                "setting " + setting + " is not postgresql://user@host:port/dbname",
                "Write it like that, without parameters; special characters in user and password percent-encoded.");
    }
}
