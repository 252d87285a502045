package io.walkback.restore.preview;

import io.walkback.embedded.PostgresPrograms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Where the libraries and extensions of a server's programs are: beside them, or in Debian's `/usr/share`.
record ServerHome(PostgresPrograms programs) {
    /// Whether there is a library that `shared_preload_libraries` may name.
    boolean hasLibrary(String name) {
        if (name.contains("/") && !name.startsWith("$libdir/")) {
            return Files.exists(Path.of(name)) || Files.exists(Path.of(name + ".so"));
        }
        String file = name.replace("$libdir/", "").replaceAll("\\.so$", "") + ".so";
        return beside("lib", "lib/postgresql", "lib64").anyMatch(folder -> Files.exists(folder.resolve(file)));
    }

    /// The folder of the extensions' control files, empty where it is not found.
    Optional<Path> extensions() {
        return Stream.concat(
                        beside("share", "share/postgresql"),
                        Stream.of(Path.of(String.format(Locale.ROOT, "/usr/share/postgresql/%d", programs.major()))))
                .map(folder -> folder.resolve("extension"))
                .filter(Files::isDirectory)
                .findFirst();
    }

    private Stream<Path> beside(String... names) {
        return List.of(names).stream().map(name -> programs.bin().resolveSibling(name));
    }
}
