package io.walkback.restore.dump;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.postgres.client.ClientCommand;
import io.walkback.postgres.client.ClientProgram;
import io.walkback.postgres.client.Lines;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `pg_restore --list` says that an archive holds: every object that `pg_dump` knows of, by kind, schema, name
/// and owner. Of a function the name has its arguments, so that two lists of the same objects are the same text,
/// whatever their OIDs and their order. Holds one line of text for each object, as `pg_dump` and `pg_restore` do.
///
/// @param major   of the `pg_dump` that wrote the archive
/// @param objects how often each line is there
record ArchiveList(int major, Map<String, Integer> objects) {
    /// `216; 1259 16389 TABLE public orders ann`: number, class and OID of the object, then what it is.
    private static final Pattern OBJECT = Pattern.compile("\\d+; \\d+ \\d+ (.*)");

    private static final Pattern WRITER = Pattern.compile(";\\s+Dumped by pg_dump version: (\\d+).*");
    private static final int LONGEST_LINE = 64 << 10;

    /// How `pg_dump` lists large objects: one by one before version 17, in groups since then.
    private static final List<String> LARGE_OBJECTS = List.of("BLOB ", "BLOBS ", "BLOB METADATA ");

    private static final List<String> PRIVILEGES = List.of("ACL ", "DEFAULT ACL ");

    /// Reads the list of an archive.
    ///
    /// @param archive its bytes; the program stops reading behind the table of contents
    static ArchiveList read(ClientCommand list, ClientProgram.Source archive) throws InterruptedException {
        Map<String, Integer> objects = new TreeMap<>();
        int[] major = {0};
        ClientProgram.feed(list, archive, new Lines(LONGEST_LINE, line -> {
            Matcher object = OBJECT.matcher(line);
            Matcher writer = WRITER.matcher(line);
            if (object.matches()) {
                objects.merge(object.group(1), 1, Integer::sum);
            } else if (writer.matches()) {
                major[0] = Integer.parseInt(writer.group(1));
            }
        }));
        if (major[0] == 0) {
            throw new RetryableException(
                    FailureCode.PROCESS_FAILED,
                    "pg_restore --list ended well and named no version of pg_dump",
                    "Run it by hand on the archive that --to writes, and report what it says.");
        }
        return new ArchiveList(major[0], objects);
    }

    int count() {
        return objects.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// Without what two versions of `pg_dump` list in other words.
    ArchiveList withoutLargeObjects() {
        return without(LARGE_OBJECTS);
    }

    /// Without owners and grants.
    ///
    /// @param roles names that may stand at the end of a line
    ArchiveList withoutOwners(Collection<String> roles) {
        Map<String, Integer> ownerless = new TreeMap<>();
        without(PRIVILEGES).objects.forEach((line, count) -> {
            String owner = owner(line, roles);
            String object = owner.isEmpty() ? line : line.substring(0, line.length() - owner.length() - 1);
            ownerless.merge(object, count, Integer::sum);
        });
        return new ArchiveList(major, ownerless);
    }

    /// Which of `roles` own something.
    List<String> owners(Collection<String> roles) {
        return objects.keySet().stream()
                .map(line -> owner(line, roles))
                .filter(owner -> !owner.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    /// The longest of `roles` with which the line ends, empty for none. Names may hold blanks.
    private static String owner(String line, Collection<String> roles) {
        return roles.stream()
                .filter(role -> line.endsWith(" " + role))
                .max(Comparator.comparingInt(String::length))
                .orElse("");
    }

    private ArchiveList without(List<String> kinds) {
        Map<String, Integer> others = new TreeMap<>(objects);
        others.keySet().removeIf(line -> kinds.stream().anyMatch(line::startsWith));
        return new ArchiveList(major, others);
    }

    /// What is here and not, or not as often, in `other`.
    List<String> notIn(ArchiveList other) {
        List<String> missing = new ArrayList<>();
        objects.forEach((line, count) -> {
            if (count > other.objects.getOrDefault(line, 0)) {
                missing.add(line.strip());
            }
        });
        return missing;
    }
}
