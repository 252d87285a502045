package io.walkback.backup.logical;

import io.walkback.backup.Cluster;
import io.walkback.domain.BackupId;
import io.walkback.postgres.client.ClientLogin;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.testkit.PostgresTools;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Takes logical backups out of a repository, and hands them to PostgreSQL's own programs.
final class LogicalReader {
    private LogicalReader() {}

    /// A superuser's session in one dbname.
    record Session(Connection connection) implements AutoCloseable {
        void execute(String... statements) {
            try (Statement statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql);
                }
            } catch (SQLException failure) {
                throw new AssertionError(failure);
            }
        }

        String query(String sql) {
            return String.join("", rows(sql));
        }

        /// Every relation, function, type and large object, by kind, name and rows.
        List<String> objects() {
            List<String> objects = rows("""
                SELECT c.relkind::text || ' ' || n.nspname || '.' || c.relname
                  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                UNION ALL SELECT 'extension ' || extname || extversion FROM pg_extension
                UNION ALL SELECT 'large object ' || oid FROM pg_largeobject_metadata
                ORDER BY 1\
                """);
            List<String> counted = new ArrayList<>(objects);
            rows("SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                            + " WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1")
                    .forEach(table -> counted.add(table + query(" SELECT count(*) FROM " + table)));
            return counted;
        }

        private List<String> rows(String sql) {
            List<String> rows = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                while (row.next()) {
                    rows.add(row.getString(1));
                }
                return rows;
            } catch (SQLException failure) {
                throw new AssertionError(failure);
            }
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException failure) {
                throw new AssertionError(failure);
            }
        }
    }

    static Session session(Cluster cluster, String dbname) {
        try {
            return new Session(Cluster.access().sql(cluster.superuser(), dbname));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    /// Writes every file of a backup below `folder`, and returns that.
    static Path files(LineageRepository lineage, BackupId backup, Path folder) throws IOException {
        try (BackupReader reader = lineage.openBackup(backup);
                EntryStream entries = reader.entries()) {
            while (entries.hasNext()) {
                ManifestEntry.File file = (ManifestEntry.File) entries.next();
                Path target = folder.resolve(file.path().value());
                Files.createDirectories(target.getParent());
                try (OutputStream out = Files.newOutputStream(target)) {
                    reader.copyTo(file, out);
                }
            }
        }
        return folder;
    }

    /// What `pg_restore --list` says of an archive.
    static String list(Path archive) throws IOException, InterruptedException {
        return run(List.of(program("pg_restore"), "--list", archive.toString()), Map.of());
    }

    /// Restores an archive into a new dbname.
    static void restore(Cluster cluster, Path archive, String dbname) throws IOException, InterruptedException {
        cluster.execute("CREATE DATABASE \"" + dbname + "\" TEMPLATE template0");
        var login = Cluster.access().target(cluster.superuser());
        run(
                List.of(
                        program("pg_restore"),
                        "--exit-on-error",
                        "--host=" + login.host(),
                        "--port=" + login.port(),
                        "--username=" + login.user(),
                        "--dbname=" + ClientLogin.connection(dbname),
                        archive.toString()),
                Map.of(
                        "PGPASSWORD",
                        java.util.Objects.requireNonNull(login.password()).reveal()));
    }

    private static String program(String name) {
        return PostgresTools.require("pg_dump").resolveSibling(name).toString();
    }

    private static String run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(command.getFirst() + " ended with " + process.exitValue() + ": " + said);
        }
        return said;
    }
}
