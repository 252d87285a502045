package io.walkback.restore.replay;

import io.walkback.embedded.ServerAccount;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.plan.RestorePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The configuration files in a restored data directory: those of the backup, with a block of ours.
///
/// A server whose files lie elsewhere (as Debian lays them out) has none in its backup; then the least that a
/// server needs is written, and the restore says so (pitfall 36).
public final class Configuration {
    private static final String AUTO = "postgresql.auto.conf";

    private final RestorePlan plan;
    private final Optional<ServerAccount> account;

    public Configuration(RestorePlan plan, Optional<ServerAccount> account) {
        this.plan = plan;
        this.account = account;
    }

    /// Writes the files that no server starts without.
    ///
    /// @return what was missing, in words
    public List<String> addMissing() {
        List<String> notes = new ArrayList<>();
        if (addMissing("postgresql.conf", """
            # Written by Walkback: the backup has no postgresql.conf, it lay outside the data directory.
            # Everything has PostgreSQL's default here.
            """)) {
            notes.add("the backup has no postgresql.conf (it lay outside the data directory), so one without any"
                    + " setting was written");
        }
        if (addMissing("pg_hba.conf", """
            # Written by Walkback: the backup has no pg_hba.conf, it lay outside the data directory.
            local all all peer
            """)) {
            notes.add("the backup has no pg_hba.conf (it lay outside the data directory), so one that lets each"
                    + " account in under its own name was written");
        }
        return notes;
    }

    /// Makes the next start a recovery.
    void recovering(String restoreCommand) {
        write(AUTO, RecoverySettings.recovering(read(AUTO), plan, restoreCommand));
        write("recovery.signal", "");
    }

    /// Makes the next start an ordinary one that archives nowhere.
    public void restored() {
        write(AUTO, RecoverySettings.restored(read(AUTO)));
        try {
            Files.deleteIfExists(plan.directory().resolve("recovery.signal"));
        } catch (IOException failure) {
            throw FileFailures.of("remove", plan.directory().resolve("recovery.signal"), failure);
        }
    }

    /// A text file of the data directory, replaced whole.
    public void write(String name, String text) {
        Path file = plan.directory().resolve(name);
        Path half = file.resolveSibling(name + ".walkback");
        try {
            Files.writeString(half, text);
            Files.setPosixFilePermissions(half, PosixFilePermissions.fromString("rw-------"));
            account.ifPresent(user -> user.own(half));
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw FileFailures.of("write", file, failure);
        }
    }

    private boolean addMissing(String name, String text) {
        if (Files.exists(plan.directory().resolve(name))) {
            return false;
        }
        write(name, text);
        return true;
    }

    private String read(String name) {
        Path file = plan.directory().resolve(name);
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException failure) {
            throw FileFailures.of("read", file, failure);
        }
    }
}
