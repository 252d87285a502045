package io.walkback.cli;

import io.walkback.client.WalkbackClient;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One run of the command: its environment, its streams, its clock, and the options that every command has.
record Session(Map<String, String> environment, Terminal terminal, Clock clock, Root root) {
    private static final String DEFAULT_API = "http://127.0.0.1:8080";

    @Nullable
    String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    WalkbackClient client() {
        URI named = root.apiUrl();
        return client(named != null ? named : url("WALKBACK_API_URL", DEFAULT_API));
    }

    /// A client of another service than scheduler-service, under the same token.
    WalkbackClient client(URI url) {
        String token = variable("WALKBACK_TOKEN");
        token = token == null ? variable("ADMIN_TOKEN") : token;
        return new WalkbackClient(url, token == null ? null : new Secret(token));
    }

    private URI url(String name, String otherwise) {
        String text = variable(name);
        try {
            return new URI(text == null ? otherwise : text);
        } catch (URISyntaxException malformed) {
            // Its message repeats the text.
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION, name + " is not an address", "Write it as " + DEFAULT_API + ".");
        }
    }

    Output output() {
        return new Output(terminal.out(), root.format() == Root.Format.json);
    }

    /// `XDG_CONFIG_HOME/walkback`, else `~/.config/walkback`.
    Path configuration() {
        String xdg = variable("XDG_CONFIG_HOME");
        if (xdg != null && Path.of(xdg).isAbsolute()) {
            return Path.of(xdg, "walkback");
        }
        String home = variable("HOME");
        return Path.of(home == null ? System.getProperty("user.home") : home, ".config", "walkback");
    }
}
