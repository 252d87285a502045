package io.walkback.restore.plan;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import io.walkback.domain.operation.Command;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.ManifestEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which directories a restore writes and how much goes into each. Made from the manifest in one pass over its
/// entries.
///
/// Tablespaces carry absolute paths of the source, so none is written anywhere unless the request maps it, be it
/// onto itself (pitfall 48, P7).
record Layout(Path directory, long files, List<TablespacePlan> tablespaces, boolean settings, boolean hba) {
    static final Pattern TABLESPACE_FILE = Pattern.compile("pg_tblspc/(\\d+)/.*");

    static Layout of(BackupReader reader, Command.Restore command) {
        Path directory = absolute(command.directory(), "the directory to restore into");
        long files = 0;
        boolean settings = false;
        boolean hba = false;
        Map<String, Long> bytes = new HashMap<>();
        List<ManifestEntry.Tablespace> found = new ArrayList<>();
        try (EntryStream entries = reader.entries()) {
            while (entries.hasNext()) {
                ManifestEntry entry = entries.next();
                if (entry instanceof ManifestEntry.Tablespace tablespace) {
                    found.add(tablespace);
                } else if (entry instanceof ManifestEntry.File file) {
                    Matcher inside = TABLESPACE_FILE.matcher(file.path().value());
                    if (inside.matches()) {
                        bytes.merge(inside.group(1), file.size(), Long::sum);
                    } else {
                        settings |= file.path().value().equals("postgresql.conf");
                        hba |= file.path().value().equals("pg_hba.conf");
                        files += file.size();
                    }
                }
            }
        }
        List<TablespacePlan> tablespaces = new ArrayList<>();
        Set<String> mapped = new HashSet<>();
        for (ManifestEntry.Tablespace tablespace : found) {
            String oid = Integer.toUnsignedString(tablespace.oid());
            String anyOther = command.tablespaces().get(TablespacePlan.ANY_OTHER);
            String to = command.tablespaces()
                    .getOrDefault(tablespace.location(), anyOther == null ? null : anyOther + "/" + oid);
            if (to == null) {
                throw invalid(
                        "tablespace '" + Text.printable(tablespace.location(), 200) + "' is not mapped",
                        "Map each tablespace to an empty or absent directory; to put one where it was, map it to"
                                + " itself.");
            }
            mapped.add(tablespace.location());
            tablespaces.add(new TablespacePlan(
                    tablespace.oid(),
                    tablespace.location(),
                    absolute(to, "the directory of a tablespace"),
                    bytes.getOrDefault(oid, 0L)));
        }
        for (String from : command.tablespaces().keySet()) {
            if (!mapped.contains(from) && !from.equals(TablespacePlan.ANY_OTHER)) {
                throw invalid(
                        "the backup has no tablespace '" + Text.printable(from, 200) + "'",
                        "It has "
                                + found.stream()
                                        .map(ManifestEntry.Tablespace::location)
                                        .toList() + ".");
            }
        }
        apart(directory, tablespaces);
        return new Layout(directory, files, tablespaces, settings, hba);
    }

    /// No directory may lie in another one: each is written, and emptied after a failure, on its own.
    private static void apart(Path directory, List<TablespacePlan> tablespaces) {
        List<Path> all = new ArrayList<>(List.of(directory));
        tablespaces.forEach(tablespace -> all.add(tablespace.to()));
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < all.size(); j++) {
                if (i != j && all.get(i).startsWith(all.get(j))) {
                    throw invalid(
                            "'" + all.get(i) + "' lies in '" + all.get(j) + "'",
                            "Choose directories that do not contain one another.");
                }
            }
        }
    }

    /// The path with the symbolic links of its parent resolved. The directory itself may not be a link.
    private static Path absolute(String text, String what) {
        if (text.indexOf('\0') >= 0
                || text.lines().count() != 1
                || !Path.of(text).isAbsolute()) {
            throw invalid(
                    what + " must be an absolute path, not '" + Text.printable(text, 200) + "'",
                    "Give the full path, beginning with '/'.");
        }
        Path path = Path.of(text).normalize();
        Path parent = path.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw invalid(
                    "the folder that shall hold '" + Text.printable(text, 200) + "' does not exist",
                    "Create it first: a typing error should not create a tree.");
        }
        try {
            return parent.toRealPath().resolve(path.getFileName());
        } catch (IOException unreadable) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_INVALID,
                    "'" + parent + "' cannot be resolved: " + unreadable.getMessage(),
                    "Check that the path can be searched by this process.",
                    unreadable);
        }
    }

    private static OperatorActionException invalid(String message, String hint) {
        return new OperatorActionException(FailureCode.REQUEST_INVALID, message, hint);
    }
}
