package io.walkback.restore.preview;

import io.walkback.domain.plan.PreflightCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Whether text sorts here as it did on the source. Where it does not, indexes on text give wrong answers without
/// an error (pitfall 52).
///
/// A backup names the default collation of each dbname, as `<dbname>/<provider>/<collation>`, with the version of
/// the library. Only the version of libc can be asked here without a server; ICU's is not known before the copy is
/// open.
final class Collations {
    private static final String NAME = "collations";
    private static final String HINT =
            "After the restore, compare datcollversion with pg_database_collation_actual_version() in each dbname, and"
                    + " REINDEX what they differ for.";
    /// `getconf` reads one string.
    private static final int PATIENCE_SECONDS = 10;

    /// Named in the value at most; a cluster may have thousands of dbnames.
    private static final int NAMED = 5;

    private Collations() {}

    static PreflightCheck check(Map<String, String> source) {
        return check(source, Collations::libc);
    }

    /// @param libc its version on this host, asked only where it matters
    static PreflightCheck check(Map<String, String> source, Supplier<Optional<String>> libc) {
        if (source.isEmpty()) {
            return PreflightCheck.warning(NAME, "unknown: the backup does not name the collations of its source", HINT);
        }
        List<String> differ = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        Optional<String> here = Optional.empty();
        for (Map.Entry<String, String> each : source.entrySet()) {
            String version = each.getValue();
            if (version.isEmpty()) {
                // C and POSIX: bytes, the same everywhere.
                continue;
            }
            if (each.getKey().contains("/c/")) {
                here = here.or(libc);
                if (here.isEmpty()) {
                    unknown.add(each.getKey() + " " + version);
                } else if (!here.get().equals(version)) {
                    differ.add(each.getKey() + " " + version);
                }
            } else if (!each.getKey().contains("/b/")) {
                unknown.add(each.getKey() + " " + version);
            }
        }
        if (!differ.isEmpty()) {
            return PreflightCheck.warning(
                    NAME, "libc here is " + here.orElse("unknown") + ", and the source had " + some(differ), HINT);
        }
        return unknown.isEmpty()
                ? PreflightCheck.ok(NAME, "as on the source")
                : PreflightCheck.warning(NAME, "unknown on this host before the copy is open: " + some(unknown), HINT);
    }

    private static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
    }

    /// `2.36`, as PostgreSQL calls it; empty where this is not glibc.
    private static Optional<String> libc() {
        try {
            Process getconf = new ProcessBuilder("getconf", "GNU_LIBC_VERSION")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                String text = new String(getconf.getInputStream().readNBytes(100), StandardCharsets.UTF_8).strip();
                return getconf.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && text.startsWith("glibc ")
                        ? Optional.of(text.substring("glibc ".length()))
                        : Optional.empty();
            } finally {
                getconf.destroyForcibly();
            }
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
