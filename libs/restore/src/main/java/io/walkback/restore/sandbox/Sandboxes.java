package io.walkback.restore.sandbox;

import io.walkback.domain.PlatformException;
import io.walkback.embedded.Parts;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.Repository;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.plan.Planner;
import java.time.Duration;
import java.util.Optional;

/// Opens scratch clusters. Thread-safe; each is in a folder of its own.
public final class Sandboxes {
    private final Repository repository;
    private final Optional<Parts> parts;
    private final Scratch scratch;
    private final Duration overtaken;

    /// A store that is slow with one segment is asked again for so long before WAL counts as missing: nobody waits for
    /// a scratch cluster, and a hole in the archive wakes people.
    private static final Duration OVERTAKEN = Duration.ofMinutes(2);

    /// @param parts where server programs are that the machine has no packages of; empty: only installed ones are
    /// used
    public Sandboxes(Repository repository, Optional<Parts> parts, Scratch scratch) {
        this(repository, parts, scratch, OVERTAKEN);
    }

    /// @param overtaken how long WAL is waited for that later WAL has overtaken
    public Sandboxes(Repository repository, Optional<Parts> parts, Scratch scratch, Duration overtaken) {
        this.repository = repository;
        this.parts = parts;
        this.scratch = scratch;
        this.overtaken = overtaken;
    }

    /// Restores, replays, promotes and opens. The calling thread closes what it gets.
    ///
    /// An interrupt ends it and leaves nothing behind. Refusals are those of a restore; `WAIT_EXPIRED` when the
    /// limit has passed.
    public Sandbox open(SandboxRequest request, RestoreProgress progress) throws InterruptedException {
        Optional<ServerAccount> account = ServerAccount.forThisProcess();
        TimeLimit limit = TimeLimit.start(request.limit());
        ScratchFolder folder = null;
        Sandbox sandbox = null;
        try {
            scratch.sweep();
            folder = scratch.create(account);
            sandbox = new Opening(
                            new Planner(repository, overtaken),
                            repository,
                            parts,
                            account,
                            request,
                            folder,
                            limit,
                            progress)
                    .open();
            return sandbox;
        } catch (InterruptedException | PlatformException failure) {
            if (limit.hasPassed()) {
                throw limit.exceeded(failure);
            }
            // A wait that was broken off has not seen what it waited for.
            if (Thread.interrupted()) {
                throw (InterruptedException)
                        new InterruptedException("opening a scratch cluster was interrupted").initCause(failure);
            }
            throw failure;
        } finally {
            if (sandbox == null) {
                limit.close();
                if (folder != null) {
                    folder.close();
                }
            }
        }
    }
}
