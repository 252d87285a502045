package io.walkback.restore.extract;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.postgres.client.ClientCommand;
import io.walkback.postgres.client.ClientLogin;
import io.walkback.postgres.client.ClientProgram;
import io.walkback.postgres.client.ClientPrograms;
import io.walkback.postgres.client.InstalledPrograms;
import io.walkback.postgres.connection.PostgresFailures;
import io.walkback.restore.fetch.FileFailures;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// Tables of a scratch cluster, or a whole dbname, into one new file: `pg_dump`'s archive, or the rows of one table
/// as CSV. The file is its owner's alone (0600), and has its name only when it is whole and on disk. Thread-safe.
public final class IntoFile {
    /// What a file holds.
    public enum Format {
        /// `pg_dump`'s custom format, which `pg_restore` reads.
        ARCHIVE,
        /// One table, a line of column names and then its rows.
        CSV
    }

    private static final String HINT = "Nothing was kept. See what it said; the copy is whole, so that CSV of one table"
            + " after the other may do.";
    /// Settings of a role or a dbname load nothing into a scratch cluster.
    private static final String OPTIONS =
            "-c session_preload_libraries= -c local_preload_libraries= -c statement_timeout=0";

    private final InstalledPrograms installed;

    public IntoFile(InstalledPrograms installed) {
        this.installed = installed;
    }

    /// `TARGET_NOT_EMPTY` where the file is there. Worth asking before a scratch cluster is made.
    public static void requireAbsent(Path file) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new OperatorActionException(
                    FailureCode.TARGET_NOT_EMPTY,
                    "'" + file + "' is there already",
                    "Name a file that is not there; nothing is written over.");
        }
    }

    /// The format that is asked for, or else an archive, or else CSV where one table is wanted and this host has no
    /// `pg_dump` for that major: `CLIENT_PROGRAMS` where more is wanted.
    public Format choose(@Nullable Format wanted, int major, int tables) {
        if (wanted == Format.CSV && tables != 1) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_INVALID,
                    tables + " tables do not fit into one file of CSV",
                    "Name one table, or take an archive.");
        }
        if (wanted == Format.CSV) {
            return Format.CSV;
        }
        try {
            programs(major);
            return Format.ARCHIVE;
        } catch (PlatformException none) {
            if (wanted == null && tables == 1) {
                return Format.CSV;
            }
            throw none;
        }
    }

    private ClientPrograms programs(int major) {
        return ClientPrograms.closest(installed.find(), major, "the copy is of PostgreSQL " + major);
    }

    /// Writes the file.
    ///
    /// @param tables all of the dbname where there are none
    /// @return its bytes
    public long write(RestoredServer restored, String dbname, List<TableName> tables, Format format, Path file)
            throws InterruptedException {
        requireTables(restored, dbname, tables);
        requireAbsent(file);
        Path half = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".incomplete");
        try {
            try (FileChannel channel = FileChannel.open(
                            half,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                    OutputStream out = Channels.newOutputStream(channel)) {
                switch (format) {
                    case ARCHIVE -> dump(restored, dbname, tables, out);
                    case CSV -> copy(restored, dbname, tables.getFirst(), out);
                }
                channel.force(true);
                // Unlike a rename this never takes the place of a file that came into being meanwhile.
                Files.createLink(file, half);
                return channel.size();
            } finally {
                Files.deleteIfExists(half);
                sync(file.toAbsolutePath().getParent());
            }
        } catch (IOException failure) {
            throw FileFailures.of("write", file, failure);
        } catch (UncheckedIOException failure) {
            throw FileFailures.of("write", file, Objects.requireNonNull(failure.getCause()));
        }
    }

    private static void sync(@Nullable Path folder) throws IOException {
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static void requireTables(RestoredServer restored, String dbname, List<TableName> tables) {
        try (Connection copy = restored.connections().apply(dbname)) {
            for (TableName table : tables) {
                TableIntoServer.requireTable(copy, dbname, table);
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "reading the tables of the copy", "the copy");
        }
    }

    private void dump(RestoredServer restored, String dbname, List<TableName> tables, OutputStream out)
            throws InterruptedException {
        ClientLogin login = restored.login();
        List<String> command =
                new ArrayList<>(login.command(programs(restored.major()).program("pg_dump")));
        command.add("--format=custom");
        tables.forEach(table -> command.add("--table=" + table.quoted()));
        command.add("--dbname=" + ClientLogin.connection(dbname));
        Map<String, String> environment = new HashMap<>(login.environment(System.getenv(), "walkback_extract"));
        environment.put("PGOPTIONS", OPTIONS);
        ClientProgram.run(new ClientCommand(command, environment, HINT), (bytes, offset, length) -> {
            try {
                out.write(bytes, offset, length);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }

    private static void copy(RestoredServer restored, String dbname, TableName table, OutputStream out)
            throws IOException {
        try (Connection copy = restored.connections().apply(dbname)) {
            TableComparison.begin(copy, true);
            copy.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT * FROM " + table.quoted() + ") TO STDOUT (FORMAT csv, HEADER)", out);
            copy.rollback();
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "copying rows of table " + table, "the copy");
        }
    }
}
