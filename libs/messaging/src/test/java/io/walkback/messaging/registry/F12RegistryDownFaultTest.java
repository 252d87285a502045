package io.walkback.messaging.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.messaging.registry.FakeRegistry.Answer;
import io.walkback.schemas.Schemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// F12: registry down at start or in run. Known schema ids resolve locally; unknown ids are retried, not
/// dead-lettered.
class F12RegistryDownFaultTest {
    private static final Schema OURS = Schemas.latest("BackupRequested");
    private static final Schema FOREIGN = SchemaBuilder.record("BackupRequested")
            .namespace(Schemas.NAMESPACE)
            .fields()
            .endRecord();

    @TempDir
    private Path state = Path.of("");

    @Test
    void whatWasLearntOnceWorksAfterARestartWithoutTheRegistry() {
        // Given
        int id;
        String url;
        try (FakeRegistry registry = new FakeRegistry()) {
            url = registry.url();
            registry.put(7, FOREIGN.toString());
            SchemaIds before = ids(url);
            id = before.idFor("backup-requested", OURS);
            before.schema(7);
        }
        // When
        SchemaIds restarted = ids(url);
        // Then
        assertThat(restarted.idFor("backup-requested", OURS)).isEqualTo(id);
        assertThat(restarted.schema(id)).isEqualTo(OURS);
        assertThat(restarted.schema(7)).isEqualTo(FOREIGN);
    }

    @Test
    void anIdThatNobodyHereKnowsWaitsForTheRegistry() {
        // Given
        String url;
        try (FakeRegistry registry = new FakeRegistry()) {
            url = registry.url();
        }
        // When, Then
        assertThatThrownBy(() -> ids(url).schema(7))
                .isInstanceOfSatisfying(RetryableException.class, away -> assertThat(away.code())
                        .isEqualTo(FailureCode.REGISTRY_UNAVAILABLE));
        assertThatThrownBy(() -> ids(url).idFor("backup-requested", OURS)).isInstanceOf(RetryableException.class);
    }

    @Test
    void aRegistryThatIsIllOrRefusesTheCredentialsSaysNothingAboutARecord() {
        try (FakeRegistry registry = new FakeRegistry()) {
            for (Answer ill : List.of(
                    new Answer(500, ""),
                    new Answer(503, "busy"),
                    new Answer(429, ""),
                    new Answer(401, ""),
                    new Answer(403, ""),
                    new Answer(200, "<html>"),
                    new Answer(200, "{}"))) {
                registry.answer(_ -> ill);
                assertThatThrownBy(() -> ids(registry.url()).schema(7))
                        .as("answer %s", ill)
                        .isInstanceOf(RetryableException.class);
            }
        }
    }

    @Test
    void theSecondAddressIsAskedWhenTheFirstIsAway() {
        String away;
        try (FakeRegistry gone = new FakeRegistry()) {
            away = gone.url();
        }
        try (FakeRegistry registry = new FakeRegistry()) {
            registry.put(7, FOREIGN.toString());
            assertThat(ids(away + "," + registry.url()).schema(7)).isEqualTo(FOREIGN);
        }
    }

    @Test
    void memoryAnswersWithoutAskingAgain() {
        try (FakeRegistry registry = new FakeRegistry()) {
            // Given
            SchemaIds ids = ids(registry.url());
            ids.idFor("backup-requested", OURS);
            int asked = registry.calls().size();
            // When
            ids.idFor("backup-requested", OURS);
            // Then
            assertThat(registry.calls()).hasSize(asked);
        }
    }

    @Test
    void idsOfOneRegistryAreNotTakenForThoseOfAnother() {
        try (FakeRegistry one = new FakeRegistry();
                FakeRegistry other = new FakeRegistry()) {
            // Given
            one.put(7, FOREIGN.toString());
            other.put(7, OURS.toString());
            ids(one.url()).schema(7);
            // When, Then
            assertThat(ids(other.url()).schema(7)).isEqualTo(OURS);
        }
    }

    @Test
    void aDamagedMemoryOnDiskCostsAQuestionAndNothingElse() throws IOException {
        try (FakeRegistry registry = new FakeRegistry()) {
            // Given
            int id = ids(registry.url()).idFor("backup-requested", OURS);
            try (Stream<Path> files = Files.walk(state)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.writeString(file, "{torn");
                }
            }
            // When, Then
            assertThat(ids(registry.url()).idFor("backup-requested", OURS)).isEqualTo(id);
            assertThat(ids(registry.url()).schema(id)).isEqualTo(OURS);
        }
    }

    @Test
    void aStateDirectoryThatCannotBeWrittenDoesNotStopTheWork() throws IOException {
        try (FakeRegistry registry = new FakeRegistry()) {
            // Given
            Path file = Files.createFile(state.resolve("not-a-directory"));
            // When
            int id = new SchemaIds(RegistrySettings.from(
                            Map.of(RegistrySettings.URL, registry.url(), RegistrySettings.STATE_DIRECTORY, file)))
                    .idFor("backup-requested", OURS);
            // Then
            assertThat(id).isPositive();
        }
    }

    private SchemaIds ids(String url) {
        return new SchemaIds(RegistrySettings.from(
                Map.of(RegistrySettings.URL, url, RegistrySettings.STATE_DIRECTORY, state.toString())));
    }
}
