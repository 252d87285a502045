package io.walkback.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every setting of `.env.example`: what it does, and that a wrong one is refused before anything starts.
class SettingsTest {
    @TempDir
    Path directory;

    @Test
    void theEnvironmentIsStrongerThanTheFileAndEmptyCountsAsNotSet() throws IOException {
        // Given
        Path file = env("SLACK_WEBHOOK_URL=from-file\nAWS_REGION=from-file\nBACKUP_RETENTION_DAYS=7\n");
        // When
        Settings settings = Settings.of(Map.of("SLACK_WEBHOOK_URL", "from-environment", "AWS_REGION", " "), file);
        // Then
        assertThat(settings.value("SLACK_WEBHOOK_URL")).contains("from-environment");
        assertThat(settings.value("AWS_REGION")).contains("from-file");
        assertThat(settings.value("BACKUP_RETENTION_DAYS")).contains("7");
    }

    @ParameterizedTest
    @CsvSource({
        "BACKUP_ENABLED,false",
        "BACKUP_RETENTION_DAYS,14",
        "BACKUP_S3_BUCKET,bucket",
        "AWS_ACCESS_KEY_ID,id",
        "AWS_SECRET_ACCESS_KEY,key",
        "AWS_REGION,eu-central-1",
        "SLACK_WEBHOOK_URL,http://127.0.0.1/slack",
        "PAGERDUTY_INTEGRATION_KEY,0123456789abcdef0123456789abcdef",
        "WALKBACK_NODE_NAME,host-1"
    })
    void whatTheFileSaysReachesTheServices(String name, String value) throws IOException {
        // Given
        Settings settings = Settings.of(Map.of(), env(name + "=" + value + "\n"));
        // When
        Map<String, String> environment = environment(settings).of(PlatformService.BACKUP_WORKER);
        // Then
        assertThat(environment).containsEntry(name, value);
    }

    @Test
    void whatTheEnvironmentReplacesReachesTheServicesInsteadOfTheFile() throws IOException {
        Settings settings = Settings.of(Map.of("AWS_REGION", "stronger"), env("AWS_REGION=weaker\n"));
        assertThat(environment(settings).of(PlatformService.BACKUP_WORKER)).containsEntry("AWS_REGION", "stronger");
    }

    @Test
    void backupDirIsTheRepositorysFolder() {
        Settings settings = Settings.of(Map.of("BACKUP_DIR", directory.resolve("backups") + "/"));
        assertThat(settings.backupDirectory()).contains(directory.resolve("backups"));
    }

    @Test
    void walArchiveDirReachesTheWorkerAsAnAbsoluteName() {
        // Given
        Settings settings = Settings.of(Map.of("WAL_ARCHIVE_DIR", "spool"));
        // When
        Map<String, String> environment = environment(settings).of(PlatformService.BACKUP_WORKER);
        // Then
        assertThat(environment)
                .containsEntry(
                        "WAL_ARCHIVE_DIR", Path.of("spool").toAbsolutePath().toString());
    }

    @Test
    void adminTokenIsAnAliasAndWalkbackTokenTheStrongerOne() {
        assertThat(Settings.of(Map.of("ADMIN_TOKEN", "a")).token()).contains(new Secret("a"));
        Settings both = Settings.of(Map.of("ADMIN_TOKEN", "a", "WALKBACK_TOKEN", "w"));
        assertThat(both.token()).contains(new Secret("w"));
        assertThat(environment(Settings.of(Map.of("ADMIN_TOKEN", "a"))).of(PlatformService.SCHEDULER_SERVICE))
                .containsEntry("WALKBACK_TOKEN", "a");
    }

    @Test
    void testDatabaseUrlIsReadAndItsPasswordStaysASecret() {
        // Given
        Settings settings = Settings.of(
                Map.of("TEST_DATABASE_URL", "postgresql://walk%40back:hun%2Fter2+@db.example:5433/scratch"));
        // When
        Optional<DatabaseUrl> url = settings.testDatabase();
        // Then
        assertThat(url)
                .contains(new DatabaseUrl(
                        "db.example", 5433, "scratch", "walk@back", Optional.of(new Secret("hun/ter2+"))));
        assertThat(url.toString()).doesNotContain("hun/ter2");
        assertThat(settings.toString()).contains("TEST_DATABASE_URL").doesNotContain("ter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://walkback:hunter2@db/x",
                "postgresql://db/x",
                "postgresql://:hunter2@/x",
                "postgresql://walkback:hunter2@db/x?sslmode=require",
                "walkback:hunter2 at db"
            })
    void aTestDatabaseThatIsNoAddressIsRefusedWithoutItsText(String text) {
        assertThatThrownBy(() -> Settings.of(Map.of("TEST_DATABASE_URL", text)))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("TEST_DATABASE_URL")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void aDatabaseUrlHasPostgresqlsDefaults() {
        assertThat(DatabaseUrl.parse("X", "postgres://walkback@db"))
                .isEqualTo(new DatabaseUrl("db", 5432, "postgres", "walkback", Optional.empty()));
    }

    @Test
    void aBucketThatIsSwitchedOnIsTheRepository() {
        assertThat(Settings.of(Map.of("BACKUP_S3_ENABLED", "true")).bucket()).contains(URI.create("s3://walkback"));
        assertThat(Settings.of(Map.of("BACKUP_S3_ENABLED", "true", "BACKUP_S3_BUCKET", "eu1/shop"))
                        .bucket())
                .contains(URI.create("s3://eu1/shop"));
        assertThat(Settings.of(Map.of("BACKUP_S3_ENABLED", "false", "BACKUP_S3_BUCKET", "eu1"))
                        .bucket())
                .isEmpty();
        assertThatThrownBy(() -> Settings.of(Map.of("BACKUP_S3_ENABLED", "true", "BACKUP_S3_BUCKET", "no bucket")))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("BACKUP_S3_BUCKET");
    }

    @ParameterizedTest
    @CsvSource({
        "BACKUP_ENABLED,yes",
        "BACKUP_S3_ENABLED,1",
        "BACKUP_RETENTION_DAYS,0",
        "BACKUP_RETENTION_DAYS,36501",
        "BACKUP_RETENTION_DAYS,30d"
    })
    void aValueThatCannotBeUsedIsRefusedByName(String name, String value) {
        assertThatThrownBy(() -> Settings.of(Map.of(name, value)))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BACKUP_DIR", "WAL_ARCHIVE_DIR"})
    void aFileIsNoFolder(String name) throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> Settings.of(Map.of(name, file.toString())))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining(name);
    }

    @Test
    void everySettingOfTheExampleIsAccepted() throws IOException {
        // Given: as a user who takes away the comment signs, with a folder in place of the bucket
        Path example = Path.of(System.getProperty("walkback.root"), ".env.example");
        StringBuilder text = new StringBuilder();
        for (String line : Files.readAllLines(example)) {
            text.append(line.matches("#[A-Z_]+=.+") ? line.substring(1) : line).append('\n');
        }
        // When
        Settings settings = Settings.of(Map.of(), env(text.toString()));
        // Then
        assertThat(settings.value("BACKUP_RETENTION_DAYS")).contains("30");
        assertThat(settings.backupDirectory()).contains(Path.of("/srv/walkback/repository"));
    }

    private Path env(String text) throws IOException {
        return Files.writeString(directory.resolve(".env"), text);
    }

    private ServiceEnvironment environment(Settings settings) {
        return new ServiceEnvironment(
                settings, "127.0.0.1:1", true, "http://r", "file:///x", Optional.empty(), directory);
    }
}
