package io.walkback.restore.inplace;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.restore.fetch.DirectoryRemoval;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.fetch.Move;
import io.walkback.restore.fetch.Postmaster;
import io.walkback.restore.replay.Recovery;
import io.walkback.restore.replay.RunDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves directories aside, and back. May be cut off anywhere and called again.
final class WayBack {
    private static final Logger LOG = LoggerFactory.getLogger(WayBack.class);

    /// Before this step nothing of ours is under the old names.
    static final String MOVING = "setting the old directories aside";

    private final RunDirectory run;
    private final Hooks hooks;

    WayBack(RunDirectory run, Hooks hooks) {
        this.run = run;
        this.hooks = hooks;
    }

    /// Renames one directory, durably. A sibling that is there already is nobody's to overwrite.
    static void aside(Journal journal, Move move) {
        try {
            if (Files.exists(move.to(), LinkOption.NOFOLLOW_LINKS)) {
                throw new OperatorActionException(
                        FailureCode.TARGET_NOT_EMPTY,
                        "'" + move.to() + "' is there already",
                        "It may be what another restore has set aside. Look at it, and move it away.");
            }
            rename(move.from(), move.to());
            if (move.from().equals(journal.directory())) {
                Files.setPosixFilePermissions(move.to(), Set.of());
            }
        } catch (IOException failure) {
            throw FileFailures.of("set aside", move.from(), failure);
        }
    }

    /// Lets its owner into a directory that was set aside, to remove it.
    static void open(Path directory) {
        try {
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException failure) {
            throw FileFailures.of("open", directory, failure);
        }
    }

    /// Makes the old directories what they were: ends the server of the copy, takes the copy away, renames the
    /// siblings back, starts the old server again where a hook does. Then the journal says so.
    ///
    /// @return in words what the state is now
    String putBack(Journal journal) throws InterruptedException {
        boolean moved = journal.moves().stream().anyMatch(move -> Files.exists(move.to(), LinkOption.NOFOLLOW_LINKS));
        if (moved && Files.isDirectory(journal.directory())) {
            Postmaster.end(journal.directory());
        }
        boolean ours = !journal.step().equals(MOVING);
        List<Path> failed = new ArrayList<>();
        for (Move move : journal.moves().reversed()) {
            try {
                if (Files.exists(move.to(), LinkOption.NOFOLLOW_LINKS)) {
                    if (Files.exists(move.from(), LinkOption.NOFOLLOW_LINKS)) {
                        rename(move.from(), move.failed());
                    }
                    if (move.from().equals(journal.directory())) {
                        Files.setPosixFilePermissions(move.to(), PosixFilePermissions.fromString(journal.mode()));
                    }
                    rename(move.to(), move.from());
                }
            } catch (IOException failure) {
                throw FileFailures.of("put back", move.from(), failure);
            }
            if (Files.exists(move.failed(), LinkOption.NOFOLLOW_LINKS)) {
                failed.add(move.failed());
            }
        }
        StringBuilder text = new StringBuilder("the old state is in its place again");
        if (ours) {
            failed.forEach(DirectoryRemoval::remove);
        } else if (!failed.isEmpty()) {
            text.append(", and what somebody had put there meanwhile is in ").append(failed);
        }
        text.append(started(journal));
        journal.ended(Journal.State.PUT_BACK, null).write(run);
        LOG.atWarn()
                .addKeyValue("operationId", journal.operation())
                .addKeyValue("directory", journal.directory())
                .addKeyValue("step", journal.step())
                .log("restore in place was undone, the old state is in its place again");
        return text.toString();
    }

    private String started(Journal journal) throws InterruptedException {
        String hook = journal.hooks().startHook();
        if (Postmaster.of(journal.directory()).isPresent()) {
            return ", and its server runs";
        }
        if (hook == null) {
            return "; start its server";
        }
        try {
            hooks.run(hook, environment(journal, ""), run.path().resolve("start-hook.log"));
            return ", and hook '" + hook + "' has started its server";
        } catch (PlatformException lasting) {
            return "; its server is not started: " + lasting.text();
        }
    }

    /// @param socket folder of the copy's unix socket; empty where it does not run
    static Map<String, String> environment(Journal journal, String socket) {
        return Map.of(
                "WALKBACK_OPERATION", journal.operation(),
                "WALKBACK_DATABASE", journal.database(),
                "WALKBACK_DIRECTORY", journal.directory().toString(),
                "WALKBACK_SOCKET", socket,
                "WALKBACK_PORT", Integer.toString(Recovery.PORT));
    }

    private static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel parent = FileChannel.open(to.resolveSibling("."), StandardOpenOption.READ)) {
            parent.force(true);
        }
    }
}
