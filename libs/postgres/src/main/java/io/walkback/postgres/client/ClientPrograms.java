package io.walkback.postgres.client;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A folder with `pg_dump`, `pg_dumpall` and `pg_restore` of one version.
///
/// @param version what `pg_dump --version` said
/// @param major   of it, such as 15
/// @param minor   of it, 0 for one that is not released yet
public record ClientPrograms(Path folder, String version, int major, int minor) {
    /// `pg_dump (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)`, `pg_dump (PostgreSQL) 19devel`.
    private static final Pattern VERSION = Pattern.compile("pg_dump \\(PostgreSQL\\) (\\d+)(?:\\.(\\d+))?.*");

    /// Empty where the answer is not that of a `pg_dump`.
    public static Optional<ClientPrograms> of(Path folder, String answer) {
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
    public static ClientPrograms choose(List<ClientPrograms> found, int serverVersion, String address) {
        int server = serverVersion / 10_000;
        return newest(found, found)
                .filter(programs -> programs.major() >= server)
                .orElseThrow(() -> missing(found, server, "the server at " + address + " is PostgreSQL " + server));
    }

    /// The newest of the lowest major that is `major` or later. Whoever writes into a server takes these: what a
    /// later `pg_restore` says may be something that the server does not know yet. Otherwise `CLIENT_PROGRAMS`.
    ///
    /// @param why what needs that major, for the message
    public static ClientPrograms closest(List<ClientPrograms> found, int major, String why) {
        OptionalInt lowest = found.stream()
                .mapToInt(ClientPrograms::major)
                .filter(there -> there >= major)
                .min();
        return newest(
                        found,
                        found.stream()
                                .filter(programs -> lowest.isPresent() && programs.major() == lowest.getAsInt())
                                .toList())
                .orElseThrow(() -> missing(found, major, why));
    }

    private static Optional<ClientPrograms> newest(List<ClientPrograms> order, List<ClientPrograms> among) {
        return among.stream()
                .max(Comparator.comparingInt(ClientPrograms::major)
                        .thenComparingInt(ClientPrograms::minor)
                        .thenComparing(Comparator.comparingInt((ClientPrograms one) -> order.indexOf(one))
                                .reversed()));
    }

    private static OperatorActionException missing(List<ClientPrograms> found, int major, String why) {
        return new OperatorActionException(
                FailureCode.CLIENT_PROGRAMS,
                why + ", and "
                        + newest(found, found)
                                .map(programs -> "the newest pg_dump here is of version " + programs.major() + "."
                                        + programs.minor() + ", in '" + programs.folder() + "'")
                                .orElse("there is no pg_dump here"),
                "Install PostgreSQL's client programs of version " + major
                        + " or later on this host, or name their folder in WALKBACK_CLIENT_PROGRAMS_DIR.");
    }

    public Path program(String name) {
        return folder.resolve(name);
    }
}
