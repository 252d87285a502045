package io.walkback.cli;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.analyze.StoreTrial;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.copy.CopyReport;
import io.walkback.repository.copy.RepositoryCopy;
import io.walkback.repository.verify.Finding;
import io.walkback.repository.verify.Share;
import io.walkback.repository.verify.VerificationReport;
import io.walkback.repository.verify.VerificationReport.Depth;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Upkeep of a repository, without Kafka and without any service.
@Command(name = "repo", description = "The repository itself; needs no service.")
final class RepositoryCommands {
    private final Session session;

    RepositoryCommands(Session session) {
        this.session = session;
    }

    /// A URL, or a directory as people write it.
    static URI url(String text) {
        try {
            return text.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")
                    ? new URI(text)
                    : Path.of(text).toAbsolutePath().normalize().toUri();
        } catch (URISyntaxException | IllegalArgumentException malformed) {
            throw Texts.refused(
                    "the repository's address cannot be used",
                    "Write a directory, file:///directory or s3://bucket/prefix.");
        }
    }

    /// @param key what opens it; null: as the environment says
    static Repository open(Session session, String text, @Nullable String key) {
        BlobStore store = BlobStores.open(url(text));
        try {
            return new RepositoryKeys(session).settings(key).open(store, session.clock());
        } catch (RuntimeException refused) {
            store.close();
            throw refused;
        }
    }

    @Command(
            name = "init",
            description = {
                "Makes a repository, or finds the one that is there. It is encrypted unless --no-encryption is given,"
                        + " and",
                "that cannot be changed later."
            })
    int init(
            @Parameters(paramLabel = "URL", description = "A directory, file:///directory or s3://bucket/prefix.")
                    String url,
            @Option(
                            names = {"--key", "--key-file"},
                            paramLabel = "KEY",
                            description = RepositoryKeys.KEY + " A file that is not there is made.")
                    @Nullable
                    String key,
            @Option(names = "--key-is-escrowed", description = "The key is kept in another place, too.")
                    boolean escrowed,
            @Option(names = "--no-encryption", description = "Whoever can read the repository can read the data.")
                    boolean plain) {
        URI place = url(url);
        RepositoryKeys keys = new RepositoryKeys(session);
        EncryptionSettings settings = plain && key == null ? EncryptionSettings.of("", "off") : keys.settings(key);
        if ((plain && key != null) || (settings.key().isEmpty() && !settings.off())) {
            throw Texts.refused(
                    plain ? "--key-file and --no-encryption are given" : "no key is given",
                    "Give --key-file FILE, which is made if it is not there, --key aws-kms://..., or --no-encryption.");
        }
        BlobStore store = BlobStores.create(place);
        try {
            if (settings.key().isPresent() && !Repository.exists(store)) {
                keys.openOrMake(settings.key().get(), place, escrowed).close();
            }
            Repository repository = settings.openOrMake(store, session.clock());
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("repository", repository.store().location());
            fields.put("id", repository.id().toString());
            fields.put("encrypted", repository.vault().isPresent());
            repository
                    .vault()
                    .ifPresent(vault -> fields.put("key", vault.current().hex()));
            session.output().value(fields, fields);
            repository.close();
            return ExitCode.OK;
        } finally {
            store.close();
        }
    }

    @Command(
            name = "analyze",
            description = {
                "Tries out what a place can be trusted with, below a prefix of its own that it empties again.",
                "Writes and reads some 50 MiB. Exit code 20 if backups must not be kept there."
            })
    int analyze(
            @Parameters(paramLabel = "URL", description = "A directory, file:///directory or s3://bucket/prefix.")
                    String url)
            throws InterruptedException {
        try (BlobStore store = BlobStores.open(url(url))) {
            return new StoreVerdict(session).print(new StoreTrial(store, session.clock()).run());
        }
    }

    @Command(
            name = "copy",
            description = {
                "Copies databases into another place, byte for byte; run it again and it goes on. Exit code 20 if",
                "something of the source is damaged or lost, and was left out."
            })
    int copy(
            @Parameters(paramLabel = "FROM", description = "A directory or URL.") String from,
            @Parameters(paramLabel = "TO", description = "A directory or URL: empty, or an earlier copy.") String to,
            @Option(names = "--database", paramLabel = "NAME", description = "Only this database.") @Nullable
                    String database,
            @Option(
                            names = {"--key", "--key-file"},
                            paramLabel = "KEY",
                            description = RepositoryKeys.KEY)
                    @Nullable
                    String key) {
        try (Repository source = open(session, from, key);
                BlobStore target = BlobStores.create(url(to))) {
            List<DatabaseId> databases = database == null
                    ? source.databases()
                    : List.of(Texts.made("--database", database, DatabaseId::new));
            CopyReport report = new RepositoryCopy(source, target, session.terminal()::say).run(databases);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("backups", report.backups().size());
            fields.put("copied", report.copied());
            fields.put("bytes", report.bytes());
            fields.put("present", report.present());
            fields.put(
                    "findings", report.findings().stream().map(Verdict::finding).toList());
            session.output().value(fields, fields);
            return report.isComplete() ? ExitCode.OK : ExitCode.INTEGRITY;
        }
    }

    /// One backup's verdict.
    private record Verdict(String database, BackupId backup, VerificationReport report) {
        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("database", database);
            json.put("backup", backup.value());
            json.put("objects", report.objects());
            json.put("bytes", report.bytes());
            json.put("findings", report.findingCount());
            json.put("listed", report.findings().stream().map(Verdict::finding).toList());
            return json;
        }

        private static Map<String, String> finding(Finding finding) {
            Map<String, String> json = new LinkedHashMap<>();
            json.put("type", finding.type().name());
            json.put("severity", finding.type().severity().name());
            json.put("remedy", finding.type().remedy());
            json.put("object", finding.key().value());
            json.put("what", finding.what());
            return json;
        }
    }

    @Command(
            name = "verify",
            description = "Reads backups and says what is damaged or missing. Exit code 20 if anything is.")
    int verify(
            @Parameters(paramLabel = "URL", description = "A directory, file:///directory or s3://bucket/prefix.")
                    String url,
            @Option(names = "--database", paramLabel = "NAME", description = "Only of this database.") @Nullable
                    String database,
            @Option(names = "--backup-id", paramLabel = "ID", description = "Only this backup.") @Nullable
                    String backupId,
            @Option(names = "--structure", description = "Only what is there and how it fits, not every byte.")
                    boolean structure,
            @Option(
                            names = "--part",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "Which part of the packs is read whole, from 1; of the others only the"
                                    + " structure.")
                    int part,
            @Option(
                            names = "--of",
                            paramLabel = "T",
                            defaultValue = "1",
                            description = "How many parts there are: T runs, each with another N, read everything.")
                    int of,
            @Option(
                            names = {"--key", "--key-file"},
                            paramLabel = "KEY",
                            description = RepositoryKeys.KEY)
                    @Nullable
                    String key) {
        Share share = share(part, of);
        BackupId only = backupId == null ? null : Texts.made("--backup-id", backupId, BackupId::new);
        DatabaseId one = database == null ? null : Texts.made("--database", database, DatabaseId::new);
        List<Map<String, Object>> verdicts = new ArrayList<>();
        long findings = 0;
        try (Repository repository = open(session, url, key)) {
            for (DatabaseId each : one == null ? repository.databases() : List.of(one)) {
                LineageRepository lineage = repository
                        .current(each)
                        .orElseThrow(() -> new OperatorActionException(
                                FailureCode.DATABASE_UNKNOWN,
                                "the repository has nothing of database '" + each + "'",
                                "Known are " + repository.databases() + "."));
                for (BackupId backup : lineage.backups()) {
                    if (only == null || only.equals(backup)) {
                        VerificationReport report =
                                lineage.verifier().verify(backup, structure ? Depth.STRUCTURE : Depth.FULL, share);
                        findings += report.findingCount();
                        Verdict verdict = new Verdict(each.value(), backup, report);
                        print(verdict);
                        verdicts.add(verdict.json());
                    }
                }
            }
        }
        if (only != null && verdicts.isEmpty()) {
            throw new OperatorActionException(
                    FailureCode.BACKUP_UNKNOWN, "no backup '" + only + "' in the repository", "Leave --backup-id out.");
        }
        if (session.output().asJson()) {
            session.output().json(verdicts);
        }
        return findings == 0 ? ExitCode.OK : ExitCode.INTEGRITY;
    }

    private static Share share(int part, int of) {
        try {
            return new Share(part, of);
        } catch (IllegalArgumentException refused) {
            throw Texts.refused(
                    String.valueOf(refused.getMessage()), "Give --part 1 to --of, such as --part 2 --of 7.");
        }
    }

    private void print(Verdict verdict) {
        VerificationReport report = verdict.report();
        session.output()
                .text((report.isClean() ? "ok       " : "damaged  ") + verdict.database() + "/" + verdict.backup()
                        + "  " + report.objects() + " objects, " + Bytes.text(report.bytes()));
        report.findings().forEach(finding -> session.output()
                .text("         " + Texts.lower(finding.type().name()) + " "
                        + finding.key().value() + ": " + finding.what()));
    }
}
