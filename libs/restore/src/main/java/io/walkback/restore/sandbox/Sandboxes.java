package io.walkback.restore.sandbox;

import io.walkback.domain.PlatformException;
import io.walkback.embedded.Parts;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.Repository;
import io.walkback.restore.RestoreProgress;
import java.util.Optional;

/// Opens scratch clusters. Thread-safe; each is in a folder of its own.
public final class Sandboxes {
    private final Repository repository;
    private final Optional<Parts> parts;
    private final Scratch scratch;

    /// @param parts where server programs are that the machine has no packages of; empty: only installed ones are
    /// used
    public Sandboxes(Repository repository, Optional<Parts> parts, Scratch scratch) {
        this.repository = repository;
        this.parts = parts;
        this.scratch = scratch;
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
            sandbox = new Opening(repository, parts, account, request, folder, limit, progress).open();
            return sandbox;
        } catch (InterruptedException | PlatformException failure) {
            if (limit.hasPassed()) {
                throw limit.exceeded(failure);
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
