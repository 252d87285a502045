package io.walkback.restore.extract;

import io.walkback.postgres.client.ClientLogin;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.connection.SslMode;
import io.walkback.restore.sandbox.Sandbox;
import java.sql.Connection;
import java.util.function.Function;

/// The scratch cluster that rows are taken out of.
///
/// @param major       of the server
/// @param login       for client programs, as a superuser
/// @param connections a superuser's connection by dbname, in auto-commit mode; whoever asks closes it
public record RestoredServer(int major, ClientLogin login, Function<String, Connection> connections) {
    /// One that is open, for as long as it is.
    public static RestoredServer of(Sandbox sandbox) {
        PostgresTarget target = new PostgresTarget(
                sandbox.address().folder().toString(),
                sandbox.address().port(),
                "template1",
                sandbox.superuser(),
                null,
                SslMode.DISABLE,
                null,
                null,
                null);
        return new RestoredServer(sandbox.plan().major(), new ClientLogin(target), sandbox::connect);
    }
}
