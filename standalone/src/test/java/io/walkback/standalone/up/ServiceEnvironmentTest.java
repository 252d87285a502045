package io.walkback.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceEnvironmentTest {
    @TempDir
    Path directory;

    @Test
    void saysWhereEverythingIsAndWinsOverTheSettings() {
        // Given
        Settings settings = Settings.of(Map.of("WALKBACK_REPOSITORY_URL", "file:///elsewhere"));
        ServiceEnvironment environment = new ServiceEnvironment(
                settings,
                "127.0.0.1:9092",
                true,
                "http://127.0.0.1:8081/apis/ccompat/v7",
                "file:///r",
                Optional.of("file:/k"),
                directory);
        // When, Then
        assertThat(environment.of(PlatformService.RESTORE_WORKER))
                .containsEntry("WALKBACK_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
                .containsEntry("WALKBACK_SCHEMA_REGISTRY_URL", "http://127.0.0.1:8081/apis/ccompat/v7")
                .containsEntry("WALKBACK_REPOSITORY_URL", "file:///r")
                .containsEntry("WALKBACK_KEY", "file:/k")
                .containsEntry(
                        "WALKBACK_STATE_DIR",
                        directory.resolve("restore-worker").toString())
                .containsEntry("WALKBACK_KAFKA_SINGLE_BROKER", "true");
    }

    @Test
    void aClusterThatExistsIsHeldToProductionsRules() {
        ServiceEnvironment environment = new ServiceEnvironment(
                Settings.of(Map.of()), "kafka:9092", false, "http://r", "file:///r", Optional.empty(), directory);
        assertThat(environment.of(PlatformService.SCHEDULER_SERVICE)).doesNotContainKey("WALKBACK_KAFKA_SINGLE_BROKER");
    }

    @Test
    void aRepositoryIsAFolderOrItsAddress() {
        assertThat(RepositoryUrl.of("/srv/back ups")).isEqualTo("file:///srv/back%20ups");
        assertThat(RepositoryUrl.of("file:///srv/backups")).isEqualTo("file:///srv/backups");
        assertThat(RepositoryUrl.of(directory.toString()))
                .as("whether the folder exists or not")
                .isEqualTo("file://" + directory);
        assertThat(RepositoryUrl.of("repo"))
                .isEqualTo("file://" + Path.of("repo").toAbsolutePath());
    }

    @Test
    void aBucketsAddressIsPassedOnAsItIs() {
        assertThat(RepositoryUrl.of("s3://bucket/prefix?region=eu-central-1"))
                .isEqualTo("s3://bucket/prefix?region=eu-central-1");
    }

    @Test
    void aFolderThatWasAskedForIsStrongerThanTheBucketOfTheSettings() {
        // Given
        Settings settings = Settings.of(Map.of("BACKUP_S3_ENABLED", "true", "BACKUP_S3_BUCKET", "elsewhere"));
        ServiceEnvironment environment = new ServiceEnvironment(
                settings, "kafka:9092", false, "http://r", "file:///r", Optional.empty(), directory);
        // When, then
        assertThat(environment.of(PlatformService.BACKUP_WORKER))
                .containsEntry("WALKBACK_REPOSITORY_URL", "file:///r")
                .containsEntry("BACKUP_S3_ENABLED", "false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file://host/share", "file:relative", "file:///%zz", "\0"})
    void whatIsNeitherIsRefused(String text) {
        assertThatThrownBy(() -> RepositoryUrl.of(text)).isInstanceOf(OperatorActionException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536})
    void aPortThatIsNoneIsRefused(int port) {
        UpOptions options = UpOptions.in(directory);
        assertThatThrownBy(() -> options.withApiPort(port)).isInstanceOf(OperatorActionException.class);
    }

    @Test
    void optionsKeepWhatTheyWereTold() {
        // When
        UpOptions options = UpOptions.in(directory)
                .withApiPort(0)
                .withKafka("kafka:9092")
                .withRegistry(URI.create("http://r"))
                .withRepository("/r");
        // Then
        assertThat(options.data()).isEqualTo(directory);
        assertThat(options.apiPort()).hasValue(0);
        assertThat(options.kafka()).contains("kafka:9092");
        assertThat(options.registry()).contains(URI.create("http://r"));
        assertThat(options.repository()).contains("/r");
    }

    @Test
    void aJarThatWasNotBuiltIsNamed() {
        assertThatThrownBy(() -> PlatformService.BACKUP_WORKER.jar(directory))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("backup-worker/target/backup-worker.jar");
    }
}
