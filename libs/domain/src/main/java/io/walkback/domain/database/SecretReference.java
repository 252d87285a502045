package io.walkback.domain.database;

import java.nio.file.Path;

/// Where a password is kept. Events and topics carry the reference, never the secret (P11); whoever needs the
/// secret reads it at the moment of use.
///
/// Written `file:/absolute/path` or `env:NAME`.
public sealed interface SecretReference {
    /// The whole content of a file, without one line feed at its end. The file must not be readable by others.
    record InFile(Path path) implements SecretReference {
        public InFile {
            if (!path.isAbsolute()) {
                throw new IllegalArgumentException("a secret's file is named by an absolute path, not '" + path + "'");
            }
        }

        @Override
        public String toString() {
            return "file:" + path;
        }
    }

    /// An environment variable of the process that needs it.
    record InEnvironment(String name) implements SecretReference {
        public InEnvironment {
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]{0,127}")) {
                throw new IllegalArgumentException("not the name of an environment variable");
            }
        }

        @Override
        public String toString() {
            return "env:" + name;
        }
    }

    /// Parses the written form. The text is not repeated in the message: people paste passwords where references
    /// belong.
    static SecretReference parse(String text) {
        if (text.startsWith("file:")) {
            return new InFile(Path.of(text.substring("file:".length())));
        }
        if (text.startsWith("env:")) {
            return new InEnvironment(text.substring("env:".length()));
        }
        throw new IllegalArgumentException("a secret is named by file:/absolute/path or env:NAME");
    }
}
