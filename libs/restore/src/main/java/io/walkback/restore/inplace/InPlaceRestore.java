package io.walkback.restore.inplace;

import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.operation.Command.InPlace;
import io.walkback.domain.operation.Facts;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.fetch.HostLock;
import io.walkback.restore.fetch.InPlaceDirectories;
import io.walkback.restore.fetch.Move;
import io.walkback.restore.fetch.Postmaster;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.replay.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One restore in place, under the lock of its target.
public final class InPlaceRestore {
    /// A server that was started writes `ready` into its file once it has recovered, which is soon after an orderly
    /// shutdown.
    private static final Duration READY = Duration.ofMinutes(5);

    private static final Duration LOOK = Duration.ofMillis(100);

    private final RunDirectory run;
    private final InPlaceHost host;
    private final RestoreProgress progress;

    public InPlaceRestore(RunDirectory run, InPlaceHost host, RestoreProgress progress) {
        this.run = run;
        this.host = host;
        this.progress = progress;
    }

    /// The restore itself, into directories that are absent or empty by then.
    @FunctionalInterface
    public interface Restoring {
        Facts.Restored restore() throws InterruptedException;
    }

    /// Undoes what an earlier restore in place of this target left unfinished, whoever began it. Where it was
    /// `operation` itself it then refuses with `PUT_BACK`: production was stopped for it once, and whether to do
    /// that again is a person's decision.
    public static void undoUnfinished(RunDirectory run, Hooks hooks, String operation) throws InterruptedException {
        if (Journal.in(run).isEmpty()) {
            return;
        }
        try (HostLock _ = HostLock.take(run.lock())) {
            undoLocked(run, hooks, operation);
        }
    }

    /// Whether the journal of `operation` says that it is done.
    public static boolean isDone(RunDirectory run, String operation) {
        return Journal.in(run).stream()
                .anyMatch(journal -> journal.operation().equals(operation) && journal.state() == Journal.State.DONE);
    }

    private static void undoLocked(RunDirectory run, Hooks hooks, String operation) throws InterruptedException {
        for (Journal journal : Journal.in(run)) {
            String now = "the old state is in its place again";
            if (journal.state() == Journal.State.BEGUN) {
                now = new WayBack(run, hooks).putBack(journal);
            }
            if (journal.state() != Journal.State.DONE && journal.operation().equals(operation)) {
                throw new OperatorActionException(
                        FailureCode.PUT_BACK,
                        "the restore in place of '" + journal.directory() + "' was cut off while " + journal.step()
                                + "; " + now,
                        "Look at why it ended, and ask for it again under a new id if it is still wanted.");
            }
        }
    }

    /// Does it. Whatever is thrown, the old state is in its place again, and the message says so; where even that
    /// failed, the message says that, and the next start of a worker tries again.
    public Facts.Restored restore(
            String operation, RestorePlan plan, InPlaceDirectories directories, InPlace hooks, Restoring restoring)
            throws InterruptedException {
        for (String hook : new String[] {hooks.stopHook(), hooks.startHook(), hooks.verification()}) {
            if (hook != null) {
                host.hooks().require(hook);
            }
        }
        List<Move> moves = directories.moves();
        Journal journal = new Journal(
                operation,
                plan.database().value(),
                plan.directory(),
                mode(plan.directory()),
                hooks,
                moves,
                Journal.State.BEGUN,
                "stopping the server",
                null);
        journal.write(run);
        host.remember(run);
        try {
            return replace(journal, restoring);
        } catch (InterruptedException | RuntimeException failed) {
            // An interrupt would close each file that the way back opens.
            boolean interrupted = Thread.interrupted();
            throw undone(failed, interrupted);
        }
    }

    private Facts.Restored replace(Journal begun, Restoring restoring) throws InterruptedException {
        InPlace hooks = begun.hooks();
        if (hooks.stopHook() != null) {
            progress.at("stopping", 0, null, null);
            host.hooks()
                    .run(
                            hooks.stopHook(),
                            WayBack.environment(begun, ""),
                            run.path().resolve("stop-hook.log"));
        }
        Optional<Postmaster> running = Postmaster.of(begun.directory());
        if (running.isPresent()) {
            throw new OperatorActionException(
                    FailureCode.TARGET_NOT_EMPTY,
                    "process " + running.get().pid() + " is still a PostgreSQL server in '" + begun.directory() + "'",
                    hooks.stopHook() == null
                            ? "Stop it, or name a stop hook."
                            : "Hook '" + hooks.stopHook() + "' must not end before the server has.");
        }
        KillPoint.at(KillPoint.IN_PLACE_STOPPED);
        Journal journal = begun.at(WayBack.MOVING);
        journal.write(run);
        for (Move move : journal.moves()) {
            WayBack.aside(journal, move);
            KillPoint.at(KillPoint.IN_PLACE_MOVING);
        }
        journal = journal.at("restoring");
        journal.write(run);
        KillPoint.at(KillPoint.IN_PLACE_MOVED);
        Facts.Restored restored = restoring.restore();
        if (hooks.verification() != null) {
            progress.at("verifying", 0, null, null);
            host.hooks()
                    .run(
                            hooks.verification(),
                            WayBack.environment(journal, Objects.requireNonNullElse(restored.socket(), "")),
                            run.path().resolve("verification.log"));
        }
        if (hooks.startHook() != null) {
            progress.at("starting", 0, null, null);
            Postmaster.end(journal.directory());
            host.hooks()
                    .run(
                            hooks.startHook(),
                            WayBack.environment(journal, ""),
                            run.path().resolve("start-hook.log"));
            awaitReady(journal.directory(), hooks.startHook());
        }
        KillPoint.at(KillPoint.IN_PLACE_STARTED);
        journal.ended(Journal.State.DONE, host.clock().instant().plus(host.keep()))
                .write(run);
        return hooks.startHook() == null ? restored : withoutSocket(restored);
    }

    private static String mode(Path directory) {
        try {
            return Files.isDirectory(directory)
                    ? PosixFilePermissions.toString(Files.getPosixFilePermissions(directory))
                    : "";
        } catch (IOException failure) {
            throw FileFailures.of("look at", directory, failure);
        }
    }

    private static void awaitReady(Path directory, String hook) throws InterruptedException {
        long started = System.nanoTime();
        while (Postmaster.of(directory).filter(Postmaster::isReady).isEmpty()) {
            if (System.nanoTime() - started > READY.toNanos()) {
                throw new OperatorActionException(
                        FailureCode.HOOK_FAILED,
                        "hook '" + hook + "' ended, and no server is ready in '" + directory + "' after "
                                + READY.toMinutes() + " minutes",
                        "Read the server's own log.");
            }
            // The hook has ended before its server is ready, as service managers do.
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
        }
    }

    /// The server that the hook started listens where its own configuration says.
    private static Facts.Restored withoutSocket(Facts.Restored facts) {
        return new Facts.Restored(
                facts.backup(),
                facts.reached(),
                facts.reachedTime(),
                facts.timeline(),
                facts.host(),
                facts.directory(),
                facts.bytes(),
                facts.phaseSeconds(),
                null,
                facts.keptBytes());
    }

    private RuntimeException undone(Exception failed, boolean interrupted) throws InterruptedException {
        String now;
        String hint = "Production is as it was before.";
        try {
            now = Journal.in(run).stream().anyMatch(left -> left.state() == Journal.State.BEGUN) ? putBack() : "";
        } catch (PlatformException lasting) {
            failed.addSuppressed(lasting);
            now = "the old state could NOT be put back: " + lasting.text();
            hint = "Mend what the message names and start a restore-worker of this host, which puts it back; the old"
                    + " directories end in '.walkback-old-'.";
        }
        if (failed instanceof InterruptedException stopped) {
            throw stopped;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return failed instanceof PlatformException known
                ? new OperatorActionException(known.code(), known.text() + "; " + now, known.hint() + " " + hint, known)
                : (RuntimeException) failed;
    }

    private String putBack() throws InterruptedException {
        String now = "";
        for (Journal journal : Journal.in(run)) {
            if (journal.state() == Journal.State.BEGUN) {
                now = new WayBack(run, host.hooks()).putBack(journal);
            }
        }
        return now;
    }
}
