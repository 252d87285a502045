package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogicalBackupCommandTest {
    private final StubApi api = new StubApi();

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void asksForTheDbnamesThatAreNamed() {
        // Given
        api.answer("POST", "/api/backup/create", 202, Bodies.ACCEPTED);
        // When
        Run run = Run.of(
                api, "backup", "create", "--database=shop", "--type=logical", "--dbname", "it's", "--dbname", "a b");
        // Then
        assertThat(run.code()).isZero();
        assertThat(api.asked().getFirst().body()).contains("\"type\":\"logical\"", "\"dbnames\":[\"it's\",\"a b\"]");
    }

    @Test // P4
    void takesItsFilesOutOfTheRepositoryAlone(@TempDir Path folder) throws Exception {
        // Given
        URI url = folder.resolve("repository").toUri();
        dump(url, folder);
        String out = folder.resolve("out").toString();
        List<String> options = List.of(
                "restore", "--from-repository", url.toString(), "--database=shop", "--backup-id=l1", "--to", out);
        // When
        Run looked = local(options, "--validate-only");
        Run targeted = local(options, "--target-time=2026-11-22T03:15:00Z");
        boolean untouched = Files.notExists(Path.of(out));
        Run run = local(options);
        Run again = local(options);
        // Then
        assertThat(looked.code()).as(looked.all()).isZero();
        assertThat(targeted.code()).isEqualTo(2);
        assertThat(targeted.err()).contains("backup 'l1' is logical and has no targets");
        assertThat(untouched).isTrue();
        assertThat(run.code()).as(run.all()).isZero();
        assertThat(run.out()).contains("pg_dump (PostgreSQL) 15.19", "dbnames/5.dump", "it's");
        assertThat(Path.of(out, "globals.sql")).hasContent("-- globals");
        assertThat(Path.of(out, "dbnames/5.dump")).hasContent("PGDMP");
        assertThat(again.code()).isEqualTo(11);
        assertThat(again.err()).contains("TARGET_NOT_EMPTY");
    }

    @Test // P11
    void intoAServerTakesNoPasswordInItsUrlAndNothingThatBelongsToADirectory(@TempDir Path folder) {
        // Given
        URI url = folder.resolve("repository").toUri();
        dump(url, folder);
        List<String> options =
                List.of("restore", "--from-repository", url.toString(), "--database=shop", "--backup-id=l1");
        // When
        Run secret = local(options, "--into-database", "postgresql://ann:s3cret@127.0.0.1:1/copy");
        Run both = local(options, "--into-database", "postgresql://ann@127.0.0.1:1/copy", "--to", "/x");
        Run globals = local(options, "--into-database", "postgresql://ann@127.0.0.1:1/copy", "--globals=some");
        Run nowhere = local(options);
        // Then
        assertThat(secret.code()).isEqualTo(2);
        assertThat(secret.all()).contains("--password-file").doesNotContain("s3cret");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).contains("has no targets, timelines, tablespaces or data directory");
        assertThat(globals.code()).isEqualTo(2);
        assertThat(nowhere.code()).isEqualTo(2);
        assertThat(nowhere.err()).contains("--to is not given");
    }

    @Test
    void aServerThatDoesNotAnswerIsATemporaryFailure(@TempDir Path folder) {
        // Given
        URI url = folder.resolve("repository").toUri();
        dump(url, folder);
        List<String> options = List.of("restore", "--from-repository", url.toString(), "--database=shop");
        String into = "--into-database=postgresql://ann@127.0.0.1:1/copy";
        // Then
        assertThat(local(options, into, "--backup-id=l1").code()).isEqualTo(75);
        assertThat(local(options, into, "--backup-id=l9").err()).contains("BACKUP_UNKNOWN");
    }

    private static Run local(List<String> options, String... more) {
        return Run.of(
                Map.of("WALKBACK_ENCRYPTION", "off"),
                "",
                false,
                Stream.concat(options.stream(), Stream.of(more)).toArray(String[]::new));
    }

    private static void dump(URI url, Path work) {
        Instant at = Instant.parse("2026-11-22T03:00:00Z");
        EntryPath globals = new EntryPath("globals.sql");
        EntryPath archive = new EntryPath("dbnames/5.dump");
        try (Repository repository = Repository.init(BlobStores.create(url), Clock.fixed(at, ZoneOffset.UTC));
                BackupWriter writer = repository
                        .forWriting(new DatabaseId("shop"), new SystemIdentifier(7), new ClusterGeometry(1 << 20, 8192))
                        .newBackup(
                                new BackupId("l1"),
                                UUID.randomUUID(),
                                Optional.empty(),
                                Set.of(),
                                new BackupSettings(1, 3, work))) {
            file(writer, globals, "-- globals");
            file(writer, archive, "PGDMP");
            writer.finish(new BackupFacts(
                    BackupOrigin.DUMP,
                    new BackupFacts.Server(150_019, 1 << 20, 8192, true),
                    new BackupFacts.WalSpan(
                            TimelineId.FIRST, new Lsn(1), TimelineId.FIRST, new Lsn(2), Optional.empty()),
                    at,
                    at,
                    BackupFacts.ControlFiles.NONE,
                    BackupFacts.PageFindings.NONE,
                    BackupFacts.Environment.UNKNOWN,
                    "test",
                    Optional.of(new BackupFacts.Dump(
                            "pg_dump (PostgreSQL) 15.19",
                            globals,
                            true,
                            List.of(new BackupFacts.DumpedDbname("it's", 5, archive, at))))));
        }
    }

    private static void file(BackupWriter writer, EntryPath path, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        writer.beginStream(path, new EntryAttributes(0600, 0, 0, "", "", Instant.EPOCH));
        writer.write(bytes, 0, bytes.length);
        writer.endFile();
    }

    @Test
    void showsTheSameElevenFieldsAsOfAPhysicalBackup() {
        // Given
        api.answer("GET", "/api/backup/l1", 200, Bodies.LOGICAL_BACKUP);
        // When
        Run json = Run.of(api, "backup", "show", "l1", "--output=json");
        Run text = Run.of(api, "backup", "show", "l1");
        // Then
        assertThat(json.out().lines().filter(line -> line.contains("\" : ")).toList())
                .hasSize(11);
        assertThat(json.out()).contains("\"type\" : \"logical\"", "\"digest\" : \"sha256:00\"");
        assertThat(text.out()).contains("logical", "log meanwhile").doesNotContain("  wal ");
    }
}
