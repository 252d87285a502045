package io.walkback.restore.inplace;

import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.restore.fetch.DirectoryRemoval;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.fetch.HostLock;
import io.walkback.restore.fetch.Move;
import io.walkback.restore.replay.RunDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a host has for restores in place, and what it does about those that it finds.
///
/// @param hooks   what it offers
/// @param index   folder with one file for each run directory that has a journal; empty: nobody looks after them, as
///                for the command line
/// @param keep    how long what was set aside stays
public record InPlaceHost(Hooks hooks, Optional<Path> index, Duration keep, Clock clock) {
    private static final Logger LOG = LoggerFactory.getLogger(InPlaceHost.class);

    /// A week: what is wrong with a restored database is seen at its first month's end at worst, and in its first
    /// days as a rule; the space is needed again.
    public static final Duration KEEP = Duration.ofDays(7);

    /// Without hooks, and without anybody who looks after what was set aside.
    public static InPlaceHost plain() {
        // Whoever has no settings has no clock either, and what is set aside stays for real days.
        return new InPlaceHost(Hooks.NONE, Optional.empty(), KEEP, Clock.systemUTC());
    }

    /// Before anything is moved: a worker that starts must find it.
    void remember(RunDirectory run) {
        if (index.isEmpty()) {
            return;
        }
        String name = UUID.nameUUIDFromBytes(run.path().toString().getBytes(StandardCharsets.UTF_8))
                .toString();
        try {
            Files.createDirectories(index.get());
            Files.writeString(index.get().resolve(name), run.path().toString());
        } catch (IOException failure) {
            throw FileFailures.of("write into", index.get(), failure);
        }
    }

    /// Puts back what was cut off, and removes what has been kept long enough. What a running restore holds is left
    /// alone. One directory that cannot be looked after does not keep others from it.
    ///
    /// @return what was put back, in words
    public List<String> tend() throws InterruptedException {
        if (index.isEmpty() || !Files.isDirectory(index.get())) {
            return List.of();
        }
        List<Path> entries;
        try (Stream<Path> files = Files.list(index.get())) {
            entries = files.sorted().toList();
        } catch (IOException failure) {
            throw FileFailures.of("read", index.get(), failure);
        }
        List<String> undone = new ArrayList<>();
        for (Path entry : entries) {
            try {
                tend(entry, undone);
            } catch (RetryableException busy) {
                // Somebody restores there just now, and looks after it.
                LOG.atDebug().addKeyValue("problem", busy.text()).log("a directory is being restored into");
            } catch (PlatformException lasting) {
                LOG.atError()
                        .addKeyValue("failureCode", lasting.code())
                        .addKeyValue("problem", lasting.text())
                        .log("directories of a restore in place could not be looked after");
            }
        }
        return undone;
    }

    private void tend(Path entry, List<String> undone) throws InterruptedException {
        RunDirectory run;
        try {
            run = new RunDirectory(Path.of(Files.readString(entry).strip()));
            if (!Files.isDirectory(run.path())) {
                Files.deleteIfExists(entry);
                return;
            }
        } catch (IOException failure) {
            throw FileFailures.of("read", entry, failure);
        }
        try (HostLock _ = HostLock.take(run.lock())) {
            for (Journal journal : Journal.in(run)) {
                switch (journal.state()) {
                    case BEGUN ->
                        undone.add("'" + journal.directory() + "': " + new WayBack(run, hooks).putBack(journal));
                    case DONE -> expire(run, journal);
                    case PUT_BACK -> {}
                }
            }
        }
    }

    private void expire(RunDirectory run, Journal journal) {
        if (journal.expires() == null || clock.instant().isBefore(journal.expires())) {
            return;
        }
        for (Move move : journal.moves()) {
            WayBack.open(move.to());
            DirectoryRemoval.remove(move.to());
        }
        journal.remove(run);
        LOG.atInfo()
                .addKeyValue("operationId", journal.operation())
                .addKeyValue("directory", journal.directory())
                .log("what a restore in place had set aside has been kept long enough and is removed");
    }
}
