package io.walkback.domain.operation;

import io.walkback.domain.Text;
import java.util.regex.Pattern;

/// Names one piece of work for ever. Equal to the id of the request that asked for it, so that a request delivered
/// twice opens one operation (P8). 1 to 96 of letters, digits, `-`, `_`, `.`, `:` and `@`, a letter or digit first.
public record OperationId(String value) implements Comparable<OperationId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@-]{0,95}");

    public OperationId {
        if (!FORM.matcher(value).matches() || value.contains("..")) {
            throw new IllegalArgumentException("not an operation id: '" + Text.printable(value, 120) + "'");
        }
    }

    @Override
    public int compareTo(OperationId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
