package io.walkback.postgres.client;

import java.util.List;
import java.util.Map;

/// One call of a client program.
///
/// @param arguments   the program and what it is told; no secret is among them
/// @param environment all of it; may hold a password
/// @param hint        what to tell a person when it ends badly
public record ClientCommand(List<String> arguments, Map<String, String> environment, String hint) {
    public ClientCommand {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /// Without the environment, which may hold a password.
    @Override
    public String toString() {
        return arguments.toString();
    }
}
