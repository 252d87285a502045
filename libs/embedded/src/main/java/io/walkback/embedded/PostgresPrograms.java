package io.walkback.embedded;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The server programs of one PostgreSQL major version: a folder with at least `postgres` and `initdb`.
///
/// @param major version, 15 to 18 are known to work
/// @param bin   the folder
public record PostgresPrograms(int major, Path bin) {
    /// Where distributions put them: Debian and Ubuntu first, then the packages of Red Hat's family.
    private static final List<String> USUAL_PLACES = List.of("/usr/lib/postgresql/%d/bin", "/usr/pgsql-%d/bin");

    /// The installed programs if the machine has them, since they have the collations that the database was written
    /// with; else those among the parts.
    ///
    /// @throws OperatorActionException when neither has this major version
    public static PostgresPrograms find(Parts parts, int major) {
        return installed(major).orElseGet(() -> embedded(parts, major));
    }

    /// The same where there may be no parts.
    public static PostgresPrograms find(Optional<Parts> parts, int major) {
        return installed(major)
                .or(() -> parts.map(there -> embedded(there, major)))
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.SERVER_BINARIES,
                        "PostgreSQL " + major + " is not installed on this host",
                        "Install its server package."));
    }

    /// The programs that the machine's own packages brought.
    public static Optional<PostgresPrograms> installed(int major) {
        return USUAL_PLACES.stream()
                .map(place -> Path.of(String.format(Locale.ROOT, place, major)))
                .filter(bin -> Files.isExecutable(bin.resolve("postgres")) && Files.isExecutable(bin.resolve("initdb")))
                .findFirst()
                .map(bin -> new PostgresPrograms(major, bin));
    }

    /// The programs among the parts, unpacked when they are first asked for: `initdb`, `pg_ctl` and `postgres`
    /// only.
    ///
    /// @throws OperatorActionException when the parts do not have this major version
    public static PostgresPrograms embedded(Parts parts, int major) {
        Path home = PostgresArchive.unpack(parts, major, ServerAccount.forThisProcess());
        return new PostgresPrograms(major, home.resolve("bin"));
    }

    /// The path of one program.
    ///
    /// @throws OperatorActionException when it is not among them
    public Path program(String name) {
        Path program = bin.resolve(name);
        if (!Files.isExecutable(program)) {
            throw new OperatorActionException(
                    FailureCode.SERVER_BINARIES,
                    "no program " + name + " of PostgreSQL " + major + " in " + bin,
                    "Install the PostgreSQL packages of this major version.");
        }
        return program;
    }
}
