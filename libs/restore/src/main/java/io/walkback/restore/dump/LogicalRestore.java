package io.walkback.restore.dump;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Text;
import io.walkback.postgres.client.ClientLogin;
import io.walkback.postgres.client.ClientProgram;
import io.walkback.postgres.client.ClientPrograms;
import io.walkback.postgres.client.InstalledPrograms;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.repository.manifest.BackupFacts.DumpedDbname;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.dump.LogicalRestoreRequest.Globals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Restores one archive of a logical backup into a dbname of a running server. Thread-safe; keeps nothing.
///
/// The order is the safety argument:
///
/// 1. Look: the dbname is not there, or is empty; the programs fit; every owner is a role of the server or will be.
///    Whatever is refused is refused here, before anything is written.
/// 2. Roles and tablespaces that are asked for and absent are made. What is there is never changed.
/// 3. The dbname is made as the archive describes it, marked as incomplete. One that was there is not marked:
///    then the next step is one transaction.
/// 4. The archive goes through a pipe into `pg_restore`. Any word of that program is a failure, warnings included,
///    and takes away the dbname if this run made it.
/// 5. `pg_dump` lists what is there now, and the list must be the archive's. A dbname that differs keeps its mark.
/// 6. The mark goes.
public final class LogicalRestore {
    private static final Logger LOG = LoggerFactory.getLogger(LogicalRestore.class);
    private static final int MOST_GLOBALS = 32 << 20;
    /// The definition of the dbname stands before that of any object.
    private static final int DEFINITION_WITHIN = 256 << 10;

    private static final int LONGEST_NAME = 63;
    private static final int NAMED = 10;
    private static final Pattern TABLESPACE = Pattern.compile(" TABLESPACE = (?:\"(?:[^\"]|\"\")*\"|[^\\s;]+)$");

    private final PostgresConnector connector;
    private final InstalledPrograms installed;

    public LogicalRestore(PostgresConnector connector, InstalledPrograms installed) {
        this.connector = connector;
        this.installed = installed;
    }

    /// What [#run] would do now; its refusals too. Writes nothing.
    public LogicalRestorePlan plan(DumpFiles dump, LogicalRestoreRequest request) throws InterruptedException {
        try (TargetServer server = TargetServer.connect(connector, checked(request));
                DumpReader reader = dump.open()) {
            return new Look(dump, reader, request, server, "").plan(false);
        }
    }

    /// Restores.
    ///
    /// @param operation names this restore in the mark of a dbname that is not complete: 1 to 200 printable
    /// characters
    public LogicalRestorePlan run(
            String operation, DumpFiles dump, LogicalRestoreRequest request, RestoreProgress progress)
            throws InterruptedException {
        progress.at("planning", 0, null, null);
        try (TargetServer server = TargetServer.connect(connector, checked(request));
                DumpReader reader = dump.open()) {
            Look look = new Look(dump, reader, request, server, operation);
            LogicalRestorePlan plan = look.plan(true);
            LOG.atInfo()
                    .addKeyValue("operationId", operation)
                    .addKeyValue("backupId", plan.backup())
                    .addKeyValue("address", plan.address())
                    .addKeyValue("objects", plan.objects())
                    .addKeyValue("newRoles", plan.newRoles().size())
                    .log("logical restore planned");
            look.makeGlobals(plan);
            if (plan.creates()) {
                progress.beforeOpening();
                server.create(look.properties(), operation);
            }
            boolean restored = false;
            try {
                look.restore(plan, progress);
                restored = true;
            } finally {
                if (plan.creates() && !restored) {
                    takeAway(request);
                }
            }
            progress.at("comparing", plan.bytes(), plan.bytes(), null);
            look.compare(plan);
            if (plan.creates()) {
                server.complete();
            }
            return plan;
        }
    }

    private static PostgresTarget checked(LogicalRestoreRequest request) {
        String dbname = request.into().database();
        if (dbname.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME || dbname.indexOf('\0') >= 0) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_INVALID,
                    "'" + Text.printable(dbname, 100) + "' is no name that a dbname can have",
                    "PostgreSQL cuts names after 63 bytes without asking; name a shorter one.");
        }
        return request.into();
    }

    /// On a connection of its own: an interrupt closes the one that it hits.
    private void takeAway(LogicalRestoreRequest request) {
        boolean interrupted = Thread.interrupted();
        try (TargetServer again = TargetServer.connect(connector, request.into())) {
            again.drop();
        } catch (PlatformException lasting) {
            LOG.atWarn()
                    .setCause(lasting)
                    .addKeyValue("address", request.into().address())
                    .log("incomplete dbname cannot be dropped, its comment says that it is incomplete");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// One restore: what was found out about its two sides.
    private final class Look {
        private final DumpFiles dump;
        private final DumpReader reader;
        private final LogicalRestoreRequest request;
        private final TargetServer server;
        private final String operation;
        private final DumpedDbname archive;
        private final RestoreCommands commands;
        private final GlobalsFile globals;
        private final ArchiveList list;

        Look(DumpFiles dump, DumpReader reader, LogicalRestoreRequest request, TargetServer server, String operation)
                throws InterruptedException {
            this.dump = dump;
            this.reader = reader;
            this.request = request;
            this.server = server;
            this.operation = operation;
            this.archive = dump.archive(request.dbname());
            int major = server.version() / 10_000;
            List<ClientPrograms> found = installed.find();
            String why = "the server at " + server.address() + " is PostgreSQL " + major;
            ClientPrograms fit = ClientPrograms.closest(found, major, why);
            this.globals = new GlobalsFile(
                    new String(reader.bytes(dump.dump().globals(), MOST_GLOBALS), StandardCharsets.UTF_8));
            ArchiveList listed = ArchiveList.read(
                    RestoreCommands.list(newest(found, fit)), out -> reader.copy(archive.archive(), out));
            this.list = listed;
            this.commands = new RestoreCommands(
                    ClientPrograms.closest(
                            found,
                            Math.max(major, listed.major()),
                            "the archive was written by pg_dump " + listed.major()),
                    new ClientLogin(request.into()));
        }

        private static ClientPrograms newest(List<ClientPrograms> found, ClientPrograms fit) {
            return ClientPrograms.choose(found, fit.major() * 10_000, "");
        }

        LogicalRestorePlan plan(boolean remove) {
            boolean exists = server.exists(operation, remove);
            Set<String> roles = server.roles();
            Set<String> tablespaces = server.tablespaces();
            List<String> newRoles = request.globals() == Globals.NONE ? List.of() : absent(globals.roles(), roles);
            requireOwners(roles, newRoles);
            return new LogicalRestorePlan(
                    dump.summary().id(),
                    archive.name(),
                    server.address(),
                    server.dbname(),
                    !exists,
                    commands.programs().version().replaceFirst("^pg_dump", "pg_restore"),
                    reader.size(archive.archive()),
                    list.count(),
                    newRoles,
                    globals.roles().stream().filter(roles::contains).sorted().toList(),
                    request.globals() == Globals.ALL ? absent(globals.tablespaces(), tablespaces) : List.of(),
                    notes());
        }

        private static List<String> absent(Set<String> wanted, Set<String> there) {
            return wanted.stream()
                    .filter(name -> !there.contains(name))
                    .sorted()
                    .toList();
        }

        private void requireOwners(Set<String> roles, List<String> newRoles) {
            if (!request.owners()) {
                return;
            }
            List<String> missing = new ArrayList<>(list.owners(globals.roles()));
            missing.removeAll(roles);
            missing.removeAll(newRoles);
            if (!missing.isEmpty()) {
                throw new OperatorActionException(
                        FailureCode.REQUEST_INVALID,
                        "objects of the archive belong to roles that " + server.address() + " does not have: "
                                + named(missing),
                        "Make these roles, or let --globals roles make them, or leave owners out with --no-owner.");
            }
        }

        private List<String> notes() {
            List<String> notes = new ArrayList<>();
            notes.add("settings of the dbname itself (ALTER DATABASE ... SET), grants on it and its comment are not"
                    + " restored");
            if (!dump.dump().rolePasswords() && request.globals() != Globals.NONE) {
                notes.add("the backup has no passwords of roles, so new ones cannot log in with a password");
            }
            if (list.major() != commands.programs().major()) {
                notes.add("large objects are not compared: pg_dump " + list.major() + " wrote the archive, and pg_dump "
                        + commands.programs().major() + " lists them in other words");
            }
            return notes;
        }

        void makeGlobals(LogicalRestorePlan plan) {
            if (!plan.newRoles().isEmpty()) {
                server.executeTogether("creating roles", globals.absentRoles(server.roles()));
            }
            if (!plan.newTablespaces().isEmpty()) {
                server.execute("creating tablespaces", globals.absentTablespaces(server.tablespaces()));
            }
        }

        /// What follows the name where the archive makes the dbname: template, encoding, locale.
        String properties() throws InterruptedException {
            ByteArrayOutputStream begin = new ByteArrayOutputStream();
            ClientProgram.feed(
                    RestoreCommands.definitions(commands.programs()),
                    out -> reader.copy(archive.archive(), out),
                    (bytes, offset, length) ->
                            begin.write(bytes, offset, Math.min(length, DEFINITION_WITHIN - begin.size())));
            String sql = begin.toString(StandardCharsets.UTF_8);
            for (String name : List.of(archive.name(), "\"" + archive.name().replace("\"", "\"\"") + "\"")) {
                String create = "\nCREATE DATABASE " + name + " ";
                int at = sql.indexOf(create);
                int end = at < 0 ? -1 : sql.indexOf(";\n", at + create.length());
                if (end >= 0) {
                    String properties = sql.substring(at + create.length(), end);
                    return request.globals() == Globals.ALL
                            ? properties
                            : TABLESPACE.matcher(properties).replaceFirst("");
                }
            }
            throw new RetryableException(
                    FailureCode.PROCESS_FAILED,
                    "pg_restore does not say how dbname '" + Text.printable(archive.name(), 63) + "' was made",
                    "Create the new dbname by hand, empty, and restore into that.");
        }

        void restore(LogicalRestorePlan plan, RestoreProgress progress) throws InterruptedException {
            String said = ClientProgram.feed(
                    commands.restore(
                            server.dbname(), request.owners(), request.globals() == Globals.ALL, !plan.creates()),
                    out -> reader.copy(archive.archive(), new Counting(out, plan.bytes(), progress)),
                    (_, _, _) -> {});
            if (!said.isEmpty()) {
                throw new RetryableException(
                        FailureCode.PROCESS_FAILED,
                        "pg_restore ended well and warned: " + said,
                        plan.creates()
                                ? "The new dbname was dropped. Mend what it warns of, or take the archive out with"
                                        + " --to."
                                : "The dbname was there before and keeps what was restored; do not trust it.");
            }
        }

        /// The archive's list against that of the dbname as it is now, made by the same program.
        void compare(LogicalRestorePlan plan) throws InterruptedException {
            ArchiveList now = ArchiveList.read(RestoreCommands.list(commands.programs()), this::dumpAgain);
            ArchiveList was = list;
            if (now.major() != was.major()) {
                now = now.withoutLargeObjects();
                was = was.withoutLargeObjects();
            }
            if (!request.owners()) {
                now = now.withoutOwners(Set.of(server.role()));
                was = was.withoutOwners(globals.roles());
            }
            List<String> missing = was.notIn(now);
            List<String> more = now.notIn(was);
            if (!missing.isEmpty() || !more.isEmpty()) {
                throw new OperatorActionException(
                        FailureCode.RESTORE_DIFFERS,
                        "dbname '" + Text.printable(server.dbname(), LONGEST_NAME) + "' at " + server.address()
                                + " does not have the objects of the archive: it lacks " + named(missing)
                                + ", and has besides " + named(more),
                        plan.creates()
                                ? "It stays there to be looked at, its comment says that it is incomplete; do not use"
                                        + " it."
                                : "It stays there to be looked at; do not use it.");
            }
        }

        private void dumpAgain(OutputStream out) throws IOException {
            try {
                ClientProgram.run(commands.dump(server.dbname()), (bytes, offset, length) -> {
                    try {
                        out.write(bytes, offset, length);
                        out.flush();
                    } catch (IOException enough) {
                        throw new UncheckedIOException(enough);
                    }
                });
            } catch (UncheckedIOException enough) {
                throw Objects.requireNonNull(enough.getCause());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                InterruptedIOException ended = new InterruptedIOException("interrupted");
                ended.initCause(interrupted);
                throw ended;
            }
        }
    }

    private static String named(List<String> names) {
        if (names.isEmpty()) {
            return "nothing";
        }
        String first = String.join(
                ", ",
                names.subList(0, Math.min(NAMED, names.size())).stream()
                        .map(name -> "'" + Text.printable(name, 150) + "'")
                        .toList());
        return names.size() > NAMED ? first + " and " + (names.size() - NAMED) + " more" : first;
    }

    /// Tells how much of the archive went out.
    private static final class Counting extends OutputStream {
        private final OutputStream out;
        private final long total;
        private final RestoreProgress progress;
        private long written;

        Counting(OutputStream out, long total, RestoreProgress progress) {
            this.out = out;
            this.total = total;
            this.progress = progress;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            written += length;
            progress.at("restoring", written, total, null);
        }
    }
}
