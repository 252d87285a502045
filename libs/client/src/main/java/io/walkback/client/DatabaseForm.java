package io.walkback.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What registers a database. There is no place for a password: `passwordRef` says where the workers find it (P11).
///
/// @param port        null: 5432
/// @param dbname      null: `postgres`
/// @param passwordRef `file:/absolute/path` or `env:NAME`, null where the server asks for none
/// @param sslMode     null: `prefer`
/// @param policy      null: the installation's defaults
public record DatabaseForm(
        String name,
        String host,
        @Nullable Integer port,
        @Nullable String dbname,
        String user,
        @Nullable String passwordRef,
        @Nullable String sslMode,
        @Nullable String sslRootCertificate,
        @Nullable PolicyForm policy,
        Map<String, String> labels) {
    public DatabaseForm {
        labels = Map.copyOf(labels);
    }

    /// A database on its default settings.
    public static DatabaseForm of(String name, String host, int port, String user, @Nullable String passwordRef) {
        return new DatabaseForm(name, host, port, null, user, passwordRef, null, null, null, Map.of());
    }
}
