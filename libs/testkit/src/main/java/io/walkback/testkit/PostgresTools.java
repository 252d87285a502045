package io.walkback.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// PostgreSQL's own client and checking programs, as Debian's packages install them. The product never needs them;
/// tests take them as judges.
public final class PostgresTools {
    /// What a complete installation has.
    public static final List<String> ALL = List.of(
            "pg_verifybackup",
            "pg_amcheck",
            "pg_checksums",
            "pg_waldump",
            "pg_controldata",
            "pg_dump",
            "psql",
            "pgbench");

    private static final String DEBIAN_15 = "/usr/lib/postgresql/15/bin";

    private PostgresTools() {}

    /// The program's path: from Debian's folder of PostgreSQL 15 first, then from the PATH.
    public static Optional<Path> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(DEBIAN_15), Arrays.stream(path.split(File.pathSeparator, -1)))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// The program's path.
    ///
    /// @throws IllegalStateException when it is not there; [JudgedByPostgresTools] keeps a test from coming that
    /// far
    public static Path require(String name) {
        return find(name)
                .orElseThrow(
                        () -> new IllegalStateException(name + " is neither in " + DEBIAN_15 + " nor on the PATH"));
    }

    /// Those of `names` that are not there.
    static List<String> missing(List<String> names) {
        return names.stream().filter(name -> find(name).isEmpty()).toList();
    }
}
