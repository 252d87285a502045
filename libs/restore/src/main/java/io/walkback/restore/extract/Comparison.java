package io.walkback.restore.extract;

import java.util.List;

/// What tells the table of the copy from the live one.
///
/// @param liveExists  false: there is no live table of this name, and every row is only in the copy
/// @param key         columns that rows are matched by; none: rows are the same when all of their columns are
/// @param copyRows    all of the copy
/// @param liveRows    all of the live table
/// @param onlyInCopy  rows that the live table does not have
/// @param onlyInLive  rows that the copy does not have
/// @param differing   rows of the same key with other columns
/// @param columnsOnlyInCopy name and type; these are not compared
/// @param columnsOnlyInLive name and type; these are not compared
/// @param examples    the first keys of rows that are not the same, each with `+` only in the copy, `-` only in the
/// live table, `~` differing before it
public record Comparison(
        boolean liveExists,
        List<String> key,
        long copyRows,
        long liveRows,
        long onlyInCopy,
        long onlyInLive,
        long differing,
        List<String> columnsOnlyInCopy,
        List<String> columnsOnlyInLive,
        List<String> examples) {
    public Comparison {
        key = List.copyOf(key);
        columnsOnlyInCopy = List.copyOf(columnsOnlyInCopy);
        columnsOnlyInLive = List.copyOf(columnsOnlyInLive);
        examples = List.copyOf(examples);
    }

    /// Whether both have the same rows of the same columns.
    public boolean isSame() {
        return liveExists
                && onlyInCopy == 0
                && onlyInLive == 0
                && differing == 0
                && columnsOnlyInCopy.isEmpty()
                && columnsOnlyInLive.isEmpty();
    }
}
