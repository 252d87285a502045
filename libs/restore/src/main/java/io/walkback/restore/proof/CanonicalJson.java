package io.walkback.restore.proof;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// JSON of which there is one text for one content: names in order, no spaces, whole numbers, `\\u` for all that is
/// not printable ASCII. Values are maps, lists, strings, booleans, whole numbers and null.
final class CanonicalJson {
    private CanonicalJson() {}

    static String of(@Nullable Object value) {
        StringBuilder text = new StringBuilder();
        write(text, value);
        return text.toString();
    }

    private static void write(StringBuilder text, @Nullable Object value) {
        switch (value) {
            case null -> text.append("null");
            case String string -> string(text, string);
            case Long number -> text.append(number.longValue());
            case Integer number -> text.append(number.intValue());
            case Boolean flag -> text.append(flag.booleanValue());
            case Map<?, ?> map -> object(text, map);
            case List<?> list -> array(text, list);
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    private static void object(StringBuilder text, Map<?, ?> map) {
        Map<String, @Nullable Object> ordered = new TreeMap<>();
        map.forEach((name, value) -> ordered.put(String.valueOf(name), value));
        text.append('{');
        Iterator<Map.Entry<String, @Nullable Object>> entries =
                ordered.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<String, @Nullable Object> entry = entries.next();
            string(text, entry.getKey());
            text.append(':');
            write(text, entry.getValue());
            text.append(entries.hasNext() ? "," : "");
        }
        text.append('}');
    }

    private static void array(StringBuilder text, List<?> list) {
        text.append('[');
        Iterator<?> values = list.iterator();
        while (values.hasNext()) {
            write(text, values.next());
            text.append(values.hasNext() ? "," : "");
        }
        text.append(']');
    }

    private static void string(StringBuilder text, String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < 0x20 || c > 0x7e) {
                text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
