package io.walkback.schemas;

import io.walkback.schemas.TopicSpec.Group;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Prints `docs/topics.md` from [Topics], so that the page cannot say anything else than the code.
public final class TopicDocument {
    private TopicDocument() {}

    /// The whole page, ending in a newline.
    public static String markdown() {
        StringBuilder page = new StringBuilder(head());
        section(
                page,
                "Requests",
                "Commands. Whoever may write the topic may send one; it is checked and deduplicated like one from the"
                        + " API.",
                Group.REQUEST);
        section(page, "Facts", "What happened. Written after the operation log says so.", Group.FACT);
        section(
                page,
                "State",
                "What is so now, compacted, one writer each. Retention is that of tombstones.",
                Group.STATE);
        section(page, "Logs", "Read by position, in order.", Group.LOG);
        page.append("""

            ## Dead letters

            Each request and fact topic has `<topic>%s`: one partition, kept %s. A record that cannot be used goes there once, key and value
            as raw bytes, with the reason in headers.
            """.formatted(
                        Topics.DEAD_LETTER_SUFFIX,
                        text(Topics.BACKUP_REQUESTED.deadLetters().retention())));
        return page.toString();
    }

    private static String head() {
        return """
            # Topics

            Printed from `schemas/` (`io.walkback.schemas.Topics`); a test compares. Do not edit: run the test `TopicDocumentTest` with
            `-Dwalkback.docs.write=true`.

            Values are Avro in the wire format of `kafka-avro-serializer`: a zero byte, the schema's id in four bytes, big-endian, and the
            Avro binary. Subjects are `<topic>-value`, compatibility is FULL_TRANSITIVE. Keys are UTF-8 text. Partition counts are fixed at
            creation. Every topic accepts records of up to %d bytes. In production replication is at least 3, `min.insync.replicas` at
            least 2, and unclean leader election is off; all of that is checked at start.

            Readers join facts and states by `stateVersion`: the higher one wins, whichever comes first.
            """.formatted(TopicSpec.MAX_MESSAGE_BYTES);
    }

    private static void section(StringBuilder page, String title, String lead, Group group) {
        page.append("\n## ").append(title).append("\n\n").append(lead).append("\n\n");
        row(page, List.of("topic", "record", "key", "partitions", "cleanup", "retention", "writer", "what it says"));
        row(page, Stream.generate(() -> "---").limit(8).toList());
        Stream<TopicSpec> tail = group == Group.LOG ? Stream.of(Topics.walTail("<database>")) : Stream.empty();
        Stream.concat(Topics.all().stream().filter(t -> t.group() == group), tail)
                .forEach(t -> row(page, cells(t)));
    }

    private static List<String> cells(TopicSpec topic) {
        return List.of(
                "`" + topic.name() + "`",
                topic.schema() == null ? "bytes" : "`" + topic.schema() + "`",
                topic.key(),
                Integer.toString(topic.partitions()),
                topic.cleanup().policy(),
                topic.keptForever() ? "no limit" : text(topic.retention()),
                String.join(", ", topic.writers()),
                topic.description());
    }

    private static void row(StringBuilder page, List<String> cells) {
        page.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    private static String text(Duration retention) {
        return retention.toDays() > 0 ? retention.toDays() + " d" : retention.toHours() + " h";
    }
}
