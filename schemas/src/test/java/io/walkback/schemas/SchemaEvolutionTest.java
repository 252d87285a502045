package io.walkback.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaEvolutionTest {
    private static final Path TREE = Path.of("src/main/avro");
    private static final SchemaValidator FULL_TRANSITIVE =
            new SchemaValidatorBuilder().mutualReadStrategy().validateAll();

    static Stream<String> names() {
        return Schemas.names().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyVersionReadsAndIsReadByEveryOther(String name) throws SchemaValidationException {
        // Given
        List<Schema> versions = Schemas.versions(name);
        // When, Then
        for (int i = 0; i < versions.size(); i++) {
            FULL_TRANSITIVE.validate(versions.get(i), versions.subList(0, i).reversed());
        }
    }

    @Test
    void theRuleRefusesARequiredFieldThatComesLater() {
        // Given
        Schema before = SchemaBuilder.record("R").fields().requiredString("a").endRecord();
        Schema after = SchemaBuilder.record("R")
                .fields()
                .requiredString("a")
                .requiredString("b")
                .endRecord();
        // When, Then
        assertThatThrownBy(() -> FULL_TRANSITIVE.validate(after, List.of(before)))
                .isInstanceOf(SchemaValidationException.class);
    }

    @Test
    void everyFileInTheTreeBelongsToOneTopicAndIsLoaded() throws IOException {
        // Given
        Set<String> files = new TreeSet<>();
        Set<String> releases = new TreeSet<>();
        try (Stream<Path> tree = Files.walk(TREE)) {
            tree.filter(Files::isRegularFile).forEach(file -> {
                files.add(file.getFileName().toString());
                releases.add(TREE.relativize(file).getName(0).toString());
            });
        }
        // When
        Set<String> loaded =
                Schemas.names().stream().map(name -> name + ".avsc").collect(Collectors.toCollection(TreeSet::new));
        // Then
        assertThat(loaded).isEqualTo(files);
        assertThat(releases).containsExactlyElementsOf(Schemas.RELEASES);
        assertThat(Topics.all().stream().map(TopicSpec::schema))
                .doesNotContainNull()
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyEnumKnowsUnknownAndEveryOptionalIsNullFirst(String name) {
        // Given
        List<String> faults = new ArrayList<>();
        // When
        check(Schemas.latest(name), name, new TreeSet<>(), faults);
        // Then
        assertThat(faults).isEmpty();
    }

    @Test
    void nestedTypesOfOneNameAreTheSameInEverySchema() {
        // Given
        TreeSet<String> seen = new TreeSet<>();
        // When
        names().forEach(name -> named(Schemas.latest(name), new TreeSet<>())
                .forEach(type ->
                        seen.add(type.getFullName() + " " + type.toString().hashCode())));
        // Then
        assertThat(seen.stream().map(line -> line.substring(0, line.indexOf(' '))))
                .doesNotHaveDuplicates();
    }

    private static void check(Schema schema, String path, Set<String> visited, List<String> faults) {
        switch (schema.getType()) {
            case ENUM -> {
                if (!"UNKNOWN".equals(schema.getEnumDefault())) {
                    faults.add(path + " has no UNKNOWN default");
                }
            }
            case UNION -> {
                if (schema.getTypes().size() != 2
                        || schema.getTypes().getFirst().getType() != Schema.Type.NULL) {
                    faults.add(path + " is a union other than [null, T]");
                }
                check(schema.getTypes().getLast(), path, visited, faults);
            }
            case RECORD -> {
                if (visited.add(schema.getFullName())) {
                    for (Schema.Field field : schema.getFields()) {
                        String at = path + "." + field.name();
                        if (field.doc() == null || field.doc().isBlank()) {
                            faults.add(at + " says nothing about itself");
                        }
                        if (field.schema().isUnion() && !field.hasDefaultValue()) {
                            faults.add(at + " is optional without default null");
                        }
                        check(field.schema(), at, visited, faults);
                    }
                }
            }
            case ARRAY -> check(schema.getElementType(), path, visited, faults);
            case MAP -> check(schema.getValueType(), path, visited, faults);
            default -> {}
        }
    }

    private static List<Schema> named(Schema schema, Set<String> visited) {
        List<Schema> found = new ArrayList<>();
        switch (schema.getType()) {
            case RECORD -> {
                if (visited.add(schema.getFullName())) {
                    found.add(schema);
                    schema.getFields().forEach(field -> found.addAll(named(field.schema(), visited)));
                }
            }
            case ENUM -> found.add(schema);
            case UNION -> schema.getTypes().forEach(branch -> found.addAll(named(branch, visited)));
            case ARRAY -> found.addAll(named(schema.getElementType(), visited));
            case MAP -> found.addAll(named(schema.getValueType(), visited));
            default -> {}
        }
        return found;
    }
}
