package io.walkback.cli;

import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresFailures;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.repository.Repository;
import io.walkback.restore.extract.Comparison;
import io.walkback.restore.extract.IntoFile;
import io.walkback.restore.extract.RestoredServer;
import io.walkback.restore.extract.TableIntoServer;
import io.walkback.restore.extract.TableName;
import io.walkback.restore.sandbox.Sandbox;
import io.walkback.restore.sandbox.SandboxRequest;
import io.walkback.restore.sandbox.Sandboxes;
import io.walkback.restore.sandbox.Scratch;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows out of a scratch copy, with nothing but a repository (P4): no Kafka, no service.
///
/// @param folder for scratch copies
record LocalExtract(Session session, SandboxRequest request, String dbname, Path folder) {
    private static final Duration CONNECT = Duration.ofSeconds(15);
    private static final Duration ANSWER = Duration.ofMinutes(1);

    /// What is done with an open copy.
    private interface Work {
        int with(RestoredServer copy, Map<String, @Nullable Object> fields) throws InterruptedException;
    }

    int intoFile(
            String repository,
            @Nullable String key,
            List<TableName> tables,
            Path file,
            IntoFile.@Nullable Format format)
            throws InterruptedException {
        IntoFile.requireAbsent(file);
        IntoFile into = new IntoFile(LocalLogicalRestore.programs(session));
        return inSandbox(repository, key, (copy, fields) -> {
            IntoFile.Format chosen = into.choose(format, copy.major(), tables.size());
            session.terminal().say("writing " + file);
            fields.put("bytes", into.write(copy, dbname, tables, chosen, file));
            fields.put("file", file.toString());
            fields.put("format", chosen.name().toLowerCase(Locale.ROOT));
            fields.put("tables", tables.isEmpty() ? "all" : names(tables));
            session.output().value(fields, fields);
            return ExitCode.OK;
        });
    }

    private static List<String> names(List<TableName> tables) {
        return tables.stream().map(TableName::toString).toList();
    }

    int intoServer(
            String repository,
            @Nullable String key,
            TableName table,
            PostgresTarget live,
            boolean compareOnly,
            boolean yes)
            throws InterruptedException {
        PostgresConnector connector = new PostgresConnector(CONNECT);
        requireAnswer(connector, live);
        return inSandbox(repository, key, (copy, fields) -> {
            try (TableIntoServer extract = TableIntoServer.open(copy, dbname, table, connector, live)) {
                session.terminal().say("comparing with " + table + " at " + live.address());
                Map<String, @Nullable Object> comparison = fields(extract.compare());
                fields.putAll(comparison);
                if (!compareOnly) {
                    comparison.forEach((name, value) -> {
                        if (value != null) {
                            session.terminal().say(name + ": " + value);
                        }
                    });
                    session.terminal()
                            .confirm(
                                    "a new table is made beside " + table + " at " + live.address()
                                            + ", which stays as it is",
                                    table.name(),
                                    yes);
                    TableIntoServer.Written written =
                            extract.write(session.clock().instant());
                    fields.put("newTable", written.table().toString());
                    fields.put("rows", written.rows());
                }
                session.output().value(fields, fields);
                return ExitCode.OK;
            }
        });
    }

    /// A wrong password is better heard of before the copy than after it.
    private void requireAnswer(PostgresConnector connector, PostgresTarget live) {
        try (Connection _ = connector.connect(live, "walkback_extract", ANSWER)) {
            session.terminal().say("server " + live.address() + " answers");
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "connecting", live.address());
        }
    }

    private int inSandbox(String url, @Nullable String key, Work work) throws InterruptedException {
        Scratch scratch = new Scratch(folder);
        scratch.sweep();
        try (Repository repository = RepositoryCommands.open(session, url, key)) {
            Sandboxes sandboxes = new Sandboxes(repository, LocalRestore.parts(), scratch);
            try (Sandbox sandbox = open(sandboxes)) {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                fields.put("backup", sandbox.plan().backup().value());
                fields.put("reachedLsn", sandbox.reached().reached().toString());
                fields.put(
                        "reachedTime",
                        sandbox.reached().reachedTime() == null
                                ? null
                                : String.valueOf(sandbox.reached().reachedTime()));
                fields.put("isolation", sandbox.isolation().toString());
                fields.put("dbname", dbname);
                try {
                    return work.with(RestoredServer.of(sandbox), fields);
                } catch (InterruptedException interrupted) {
                    sandbox.requireTime(interrupted);
                    throw interrupted;
                }
            }
        }
    }

    private Sandbox open(Sandboxes sandboxes) throws InterruptedException {
        try (Progress progress = new Progress(session.terminal())) {
            return sandboxes.open(request, (phase, done, total, _) -> progress.at(phase, done, total));
        }
    }

    private static Map<String, @Nullable Object> fields(Comparison comparison) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("liveTable", comparison.liveExists() ? "there" : "not there");
        fields.put("comparedBy", comparison.key().isEmpty() ? "whole rows" : comparison.key());
        fields.put("copyRows", comparison.copyRows());
        fields.put("liveRows", comparison.liveRows());
        fields.put("onlyInCopy", comparison.onlyInCopy());
        fields.put("onlyInLive", comparison.onlyInLive());
        fields.put("differing", comparison.differing());
        fields.put("columnsOnlyInCopy", some(comparison.columnsOnlyInCopy()));
        fields.put("columnsOnlyInLive", some(comparison.columnsOnlyInLive()));
        fields.put("firstKeys", some(comparison.examples()));
        return fields;
    }

    private static @Nullable List<String> some(List<String> names) {
        return names.isEmpty() ? null : names;
    }
}
