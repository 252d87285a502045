package io.walkback.cli;

import io.walkback.client.Pages;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Data on standard output: text for people or one JSON value for programs.
final class Output {
    /// Rows that are looked at to find how wide columns are; longer lists go on with those widths.
    private static final int MEASURED = 500;

    private final PrintWriter out;
    private final boolean asJson;
    private final ObjectMapper json =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    Output(PrintWriter out, boolean asJson) {
        this.out = out;
        this.asJson = asJson;
    }

    boolean asJson() {
        return asJson;
    }

    /// One value: as JSON, or as its fields in order.
    void value(Object value, Map<String, ?> fields) {
        if (asJson) {
            out.println(json.writeValueAsString(value));
        } else {
            int width = fields.keySet().stream().mapToInt(String::length).max().orElse(0);
            fields.forEach((name, field) -> {
                if (field != null) {
                    out.println(pad(name, width) + "  " + field);
                }
            });
        }
        out.flush();
    }

    /// A line for people; nothing as JSON.
    void text(String line) {
        if (!asJson) {
            out.println(line);
            out.flush();
        }
    }

    void json(Object value) {
        out.println(json.writeValueAsString(value));
        out.flush();
    }

    /// Columns of a list, in order.
    static final class Columns<T> {
        private final Map<String, Function<T, @Nullable Object>> columns = new LinkedHashMap<>();

        Columns<T> with(String title, Function<T, @Nullable Object> value) {
            columns.put(title, value);
            return this;
        }
    }

    /// Where the items of a list come from.
    interface Items<T> {
        void forEach(java.util.function.Consumer<? super T> each) throws InterruptedException;
    }

    <T> void list(Pages<T> pages, Columns<T> columns) throws InterruptedException {
        list((Items<T>) pages::forEach, columns);
    }

    <T> void list(List<T> items, Columns<T> columns) throws InterruptedException {
        list((Items<T>) items::forEach, columns);
    }

    /// A JSON array, or a table with a line of titles. Holds [#MEASURED] rows at most.
    private <T> void list(Items<T> items, Columns<T> columns) throws InterruptedException {
        if (asJson) {
            String[] before = {"["};
            items.forEach(item -> {
                out.print(before[0] + "\n" + json.writeValueAsString(item));
                before[0] = ",";
            });
            out.println(before[0].equals("[") ? "[]" : "\n]");
        } else {
            Table table = new Table(List.copyOf(columns.columns.keySet()));
            items.forEach(item -> table.add(columns.columns.values().stream()
                    .map(column -> text(column.apply(item)))
                    .toList()));
            table.end();
        }
        out.flush();
    }

    private static String text(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private final class Table {
        private final List<List<String>> waiting = new ArrayList<>();
        private int @Nullable [] widths;

        Table(List<String> titles) {
            waiting.add(titles);
        }

        void add(List<String> row) {
            if (widths == null && waiting.size() < MEASURED) {
                waiting.add(row);
            } else {
                end();
                print(row);
            }
        }

        void end() {
            if (widths == null) {
                widths = new int[waiting.getFirst().size()];
                for (List<String> row : waiting) {
                    for (int i = 0; i < row.size(); i++) {
                        widths[i] = Math.max(widths[i], row.get(i).length());
                    }
                }
                waiting.forEach(this::print);
                waiting.clear();
            }
        }

        private void print(List<String> row) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(i == 0 ? "" : "  ").append(pad(row.get(i), widths == null ? 0 : widths[i]));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
