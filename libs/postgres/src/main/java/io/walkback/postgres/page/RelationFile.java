package io.walkback.postgres.page;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file that is made of data pages, told by its path: one segment of one fork of one relation.
///
/// @param temporary belongs to a session (`t3_16384`); the server leaves these out of a base backup
/// @param fork      `main`, `fsm`, `vm` or `init`
/// @param segment   0 for the first GiB, which has no suffix
public record RelationFile(boolean temporary, String fork, int segment) {
    /// Pages per segment file: 1 GiB, PostgreSQL's `RELSEG_SIZE` unless somebody built it otherwise.
    public static final int PAGES_PER_SEGMENT = 131_072;

    private static final Pattern PATH = Pattern.compile("(?:global|base/\\d+|(?:pg_tblspc/\\d+/)?PG_\\d+_\\d+/\\d+)/"
            + "(?<temporary>t\\d+_)?\\d+(?:_(?<fork>fsm|vm|init))?(?:\\.(?<segment>\\d{1,9}))?");

    /// Reads a path relative to the data directory, or to a tablespace (`PG_15_202209061/5/16385`, as its archive
    /// has it). Empty for everything else: `pg_control`, `PG_VERSION`, `pg_filenode.map`, `pg_internal.init` and
    /// all that lies elsewhere.
    public static Optional<RelationFile> parse(String path) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String fork = matcher.group("fork");
        String segment = matcher.group("segment");
        return Optional.of(new RelationFile(
                matcher.group("temporary") != null,
                fork == null ? "main" : fork,
                segment == null ? 0 : Integer.parseInt(segment)));
    }

    /// The number of the file's first page in its fork. Blocks are unsigned 32-bit.
    public long firstBlock() {
        return (long) segment * PAGES_PER_SEGMENT;
    }
}
