package io.walkback.quality;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// What the reactor built before this module.
final class Modules {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("walkback.root"), "walkback.root is set by Maven"));

    private Modules() {}

    /// `target/classes` of every module that has one.
    static List<Path> classes() {
        return targets("classes");
    }

    /// `target/jacoco.exec` of every module that ran tests.
    static List<Path> coverage() {
        return targets("jacoco.exec");
    }

    static String nameOf(Path inTarget) {
        Path target = Objects.requireNonNull(inTarget.getParent());
        return ROOT.relativize(Objects.requireNonNull(target.getParent())).toString();
    }

    /// Benchmarks are no part of the product, and half of their classes are generated.
    private static List<Path> targets(String child) {
        try (Stream<Path> tree = Files.find(
                ROOT,
                4,
                (path, _) -> path.endsWith(Path.of("target", child))
                        && !path.toString().contains("/.git/")
                        && !path.startsWith(ROOT.resolve("benchmarks")))) {
            return tree.sorted().toList();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
