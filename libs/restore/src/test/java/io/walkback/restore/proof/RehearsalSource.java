package io.walkback.restore.proof;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.Assertion;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.embedded.Parts;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.SourceCluster;
import io.walkback.restore.sandbox.Sandboxes;
import io.walkback.restore.sandbox.Scratch;
import io.walkback.testkit.PostgresTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A source, its repository, and rehearsals of what is in it.
final class RehearsalSource implements AutoCloseable {
    final SourceCluster cluster;
    final Path scratch;
    final Reports reports;
    private int rehearsals;

    RehearsalSource(SourceCluster cluster) throws IOException {
        this.cluster = cluster;
        this.scratch = Files.createDirectory(cluster.path("scratch"));
        this.reports = new Reports(cluster.path("reports"), ReportKey.at(cluster.path("report.key")));
    }

    Facts.Rehearsed rehearse(String backup, RecoveryTarget target, Assertion... assertions)
            throws InterruptedException {
        Sandboxes sandboxes = new Sandboxes(
                cluster.repository,
                Optional.of(Parts.fromSystemProperty()),
                new Scratch(scratch),
                Duration.ofSeconds(2));
        return new Rehearsals(cluster.repository, sandboxes, reports, Clock.systemUTC())
                .run(
                        new Rehearsal(
                                "drill-" + ++rehearsals,
                                SourceCluster.DATABASE,
                                new BackupId(backup),
                                target,
                                Arrays.asList(assertions),
                                Duration.ofMinutes(5),
                                "here"),
                        (_, _, _, _) -> {});
    }

    /// Turns page checksums off, by PostgreSQL's own program.
    void withoutChecksums() throws Exception {
        cluster.server.stop();
        List<String> command = new ArrayList<>();
        ServerAccount.forThisProcess()
                .ifPresent(user -> command.addAll(
                        List.of("setpriv", "--reuid=" + user.uid(), "--regid=" + user.gid(), "--clear-groups", "--")));
        command.addAll(List.of(
                PostgresTools.require("pg_checksums").toString(),
                "--disable",
                "-D",
                cluster.server.dataDirectory().toString()));
        Process process = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("pg_checksums failed");
        }
        cluster.server.start();
    }

    /// The report of the last rehearsal.
    SignedReport report() throws IOException {
        return SignedReport.parse(Files.readString(reports.file("drill-" + rehearsals)));
    }

    /// The files of the repository whose path has `part` in it, largest first.
    List<Path> objects(String part) throws IOException {
        try (Stream<Path> tree = Files.walk(cluster.repositoryFolder())) {
            return tree.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains(part))
                    .sorted((left, right) ->
                            Long.compare(right.toFile().length(), left.toFile().length()))
                    .toList();
        }
    }

    /// Turns one bit over in the middle of a file; doing so twice changes nothing.
    static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        boolean writable = Files.isWritable(file);
        if (!writable && !file.toFile().setWritable(true)) {
            throw new IOException("cannot write " + file);
        }
        Files.write(file, bytes);
    }

    @Override
    public void close() throws IOException {
        cluster.close();
    }
}
