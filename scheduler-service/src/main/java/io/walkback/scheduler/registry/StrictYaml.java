package io.walkback.scheduler.registry;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/// A mapping of a YAML document, read strictly: a key that nobody asked for, or twice the same, is a fault with its
/// line. No Java type is ever made from what a document says.
final class StrictYaml {
    private final Path file;
    private final @Nullable Node node;
    private final Map<String, Node> entries = new LinkedHashMap<>();
    private final Set<String> asked = new TreeSet<>();

    private StrictYaml(Path file, @Nullable Node node) {
        this.file = file;
        this.node = node;
        if (node == null || Tag.NULL.equals(node.getTag())) {
            return;
        }
        if (!(node instanceof MappingNode mapping)) {
            throw fault(node, "a mapping belongs here");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            String key = text(tuple.getKeyNode());
            if (entries.putIfAbsent(key, tuple.getValueNode()) != null) {
                throw fault(tuple.getKeyNode(), "'" + Text.printable(key, 80) + "' is there twice");
            }
        }
    }

    static StrictYaml parse(Path file, String text) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(20);
        options.setAllowRecursiveKeys(false);
        options.setCodePointLimit(4 << 20);
        try {
            return new StrictYaml(file, new Yaml(options).compose(new StringReader(text)));
        } catch (MarkedYAMLException broken) {
            int line = broken.getProblemMark() == null
                    ? 1
                    : broken.getProblemMark().getLine() + 1;
            throw fault(file, line, String.valueOf(broken.getProblem()), broken);
        } catch (YAMLException broken) {
            throw fault(file, 1, String.valueOf(broken.getMessage()), broken);
        }
    }

    /// The mapping under `key`, empty when there is none.
    StrictYaml section(String key) {
        return new StrictYaml(file, take(key));
    }

    /// Whether `key` holds plain text.
    boolean isText(String key) {
        return entries.get(key) instanceof ScalarNode;
    }

    Set<String> keys() {
        return entries.keySet();
    }

    Optional<String> text(String key) {
        Node value = take(key);
        return value == null || Tag.NULL.equals(value.getTag()) ? Optional.empty() : Optional.of(text(value));
    }

    /// The value under `key` made into something; what `make` refuses is a fault at that line.
    <T> Optional<T> value(String key, Function<String, T> make) {
        Node value = entries.get(key);
        return text(key).map(text -> {
            try {
                return make.apply(text);
            } catch (RuntimeException refused) {
                throw fault(
                        file,
                        value == null ? line() : value.getStartMark().getLine() + 1,
                        key + ": " + refused.getMessage(),
                        refused);
            }
        });
    }

    /// Every value of a mapping from text to text.
    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        entries.keySet().forEach(key -> text(key).ifPresent(value -> texts.put(key, value)));
        return texts;
    }

    /// Throws when there is a key that nobody asked for. Called when everything has been asked.
    void requireNothingElse() {
        entries.forEach((key, value) -> {
            if (!asked.contains(key)) {
                throw fault(
                        file,
                        value.getStartMark().getLine() + 1,
                        "'" + Text.printable(key, 80) + "' is not known here, only " + asked,
                        null);
            }
        });
    }

    OperatorActionException fault(String what) {
        return fault(file, line(), what, null);
    }

    private int line() {
        return node == null ? 1 : node.getStartMark().getLine() + 1;
    }

    private @Nullable Node take(String key) {
        asked.add(key);
        return entries.get(key);
    }

    private String text(Node scalar) {
        if (scalar instanceof ScalarNode plain) {
            return plain.getValue();
        }
        throw fault(scalar, "plain text belongs here");
    }

    private OperatorActionException fault(Node at, String what) {
        return fault(file, at.getStartMark().getLine() + 1, what, null);
    }

    static OperatorActionException fault(Path file, int line, String what, @Nullable Exception cause) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                file + ", line " + line + ": " + Text.printable(what, 300),
                "Mend the file; docs/configuration.md lists what it may hold.",
                cause);
    }
}
