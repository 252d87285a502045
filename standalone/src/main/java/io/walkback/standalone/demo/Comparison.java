package io.walkback.standalone.demo;

import io.walkback.standalone.demo.Ledger.Entry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Restored rows against the journal, row by row: id, payload, time.
///
/// @param missing   in the journal and not restored
/// @param extra     restored and not in the journal
/// @param different restored with another payload or time
/// @param first     the first finding, in words; empty when there is none
record Comparison(long expected, long restored, long missing, long extra, long different, String first) {
    /// @param payload SHA-256 of the payload
    record Row(long id, String payload, Instant writtenAt) {}

    static Comparison of(List<Entry> journal, Iterable<Row> rows) {
        Map<Long, Entry> open = new LinkedHashMap<>();
        journal.forEach(entry -> open.put(entry.id(), entry));
        long restored = 0;
        long extra = 0;
        long different = 0;
        String first = "";
        for (Row row : rows) {
            restored++;
            Entry entry = open.remove(row.id());
            if (entry == null) {
                extra++;
                first = first.isEmpty() ? "row " + row.id() + " was not committed by the target" : first;
            } else if (!entry.payload().equals(row.payload())
                    || !entry.writtenAt().equals(row.writtenAt())) {
                different++;
                first = first.isEmpty() ? "row " + row.id() + " has another content" : first;
            }
        }
        if (first.isEmpty() && !open.isEmpty()) {
            first = "row " + open.keySet().iterator().next() + " is not there";
        }
        return new Comparison(journal.size(), restored, open.size(), extra, different, first);
    }

    boolean isExact() {
        return missing == 0 && extra == 0 && different == 0 && expected == restored;
    }
}
