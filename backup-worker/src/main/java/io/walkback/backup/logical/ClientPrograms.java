package io.walkback.backup.logical;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A folder with `pg_dump`, `pg_dumpall` and `pg_restore` of one version.
///
/// @param version what `pg_dump --version` said
/// @param major   of it, such as 15
/// @param minor   of it, 0 for one that is not released yet
record ClientPrograms(Path folder, String version, int major, int minor) {
    /// `pg_dump (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)`, `pg_dump (PostgreSQL) 19devel`.
    private static final Pattern VERSION = Pattern.compile("pg_dump \\(PostgreSQL\\) (\\d+)(?:\\.(\\d+))?.*");

    /// Empty where the answer is not that of a `pg_dump`.
    static Optional<ClientPrograms> of(Path folder, String answer) {
        Matcher version = VERSION.matcher(answer.strip());
        if (!version.matches()) {
            return Optional.empty();
        }
        int minor = version.group(2) == null ? 0 : Integer.parseInt(version.group(2));
        return Optional.of(new ClientPrograms(folder, answer.strip(), Integer.parseInt(version.group(1)), minor));
    }

    /// The newest, if it is as new as the server: `pg_dump` refuses servers newer than itself (pitfall 37). Of
    /// equals the first. Otherwise `CLIENT_PROGRAMS`.
    ///
    /// @param serverVersion `150019`
    /// @param address       of the server, for the message
    static ClientPrograms choose(List<ClientPrograms> found, int serverVersion, String address) {
        int server = serverVersion / 10_000;
        Optional<ClientPrograms> newest = found.stream()
                .max(Comparator.comparingInt(ClientPrograms::major)
                        .thenComparingInt(ClientPrograms::minor)
                        .thenComparing(Comparator.comparingInt((ClientPrograms one) -> found.indexOf(one))
                                .reversed()));
        return newest.filter(programs -> programs.major() >= server)
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.CLIENT_PROGRAMS,
                        "the server at " + address + " is PostgreSQL " + server + ", and "
                                + newest.map(programs -> "the newest pg_dump here is of version " + programs.major()
                                                + "." + programs.minor() + ", in '" + programs.folder() + "'")
                                        .orElse("there is no pg_dump here"),
                        "Install PostgreSQL's client programs of version " + server
                                + " or later on this host, or name their folder in WALKBACK_CLIENT_PROGRAMS_DIR."));
    }

    Path program(String name) {
        return folder.resolve(name);
    }
}
