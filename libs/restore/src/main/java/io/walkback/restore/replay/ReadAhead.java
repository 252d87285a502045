package io.walkback.restore.replay;

import io.walkback.domain.PlatformException;
import io.walkback.domain.WalSegment;
import io.walkback.restore.plan.WalChain;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches the next segments of a plan while the server replays one, so that replay does not wait for the
/// repository. Thread-safe.
///
/// What fails ahead of time is forgotten and tried again when it is asked for: only then does it count. Disk:
/// [#SEGMENTS] segments, in files of their own in `pg_wal`, which the server passes over; those that nobody asked
/// for are deleted at the end.
final class ReadAhead implements AutoCloseable {
    /// Two fetches keep two cores busy and hide the latency of a store; more would only wait on the disk.
    static final int SEGMENTS = 3;

    private static final String SUFFIX = ".ahead";
    private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);

    /// Writes a segment to a place, whole, or throws.
    interface Fetch {
        void to(WalSegment segment, Path place);
    }

    private final WalChain chain;
    private final Fetch fetch;
    private final Path folder;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("wal-ahead-", 0).factory());
    /// By number. Guarded by itself.
    private final Map<Long, Future<Path>> begun = new TreeMap<>();

    /// @param folder where files are put
    ReadAhead(WalChain chain, Path folder, Fetch fetch) {
        this.chain = chain;
        this.folder = folder;
        this.fetch = fetch;
    }

    /// Puts a segment at `place`, which is in the folder, and begins with those after it. Throws what fetching
    /// throws.
    void take(WalSegment wanted, Path place) throws InterruptedException, IOException {
        Future<Path> ahead;
        synchronized (begun) {
            ahead = begun.remove(wanted.number());
            // The server goes back now and then, and jumps when it begins: what lies elsewhere is of no use to it.
            begun.entrySet().removeIf(each -> {
                boolean far = each.getKey() < wanted.number() || each.getKey() > wanted.number() + SEGMENTS;
                if (far) {
                    drop(each.getValue());
                }
                return far;
            });
            for (long number = wanted.number() + 1; number <= wanted.number() + SEGMENTS; number++) {
                chain.segment(number).ifPresent(next -> begun.computeIfAbsent(next.number(), _ -> begin(next)));
            }
        }
        Path fetched = ahead == null ? null : fetched(wanted, ahead);
        if (fetched == null) {
            fetch.to(wanted, place);
        } else {
            Files.move(fetched, place, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private Future<Path> begin(WalSegment segment) {
        Path ahead = folder.resolve(segment.fileName() + SUFFIX);
        return threads.submit(() -> {
            fetch.to(segment, ahead);
            return ahead;
        });
    }

    /// Null where it could not be fetched ahead of time.
    private static @Nullable Path fetched(WalSegment segment, Future<Path> ahead) throws InterruptedException {
        try {
            return ahead.get();
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof PlatformException)) {
                throw new IllegalStateException("segment " + segment + " could not be fetched", failed.getCause());
            }
            LOG.atInfo()
                    .setCause(failed.getCause())
                    .addKeyValue("segment", segment)
                    .log("wal segment not fetched ahead of time, fetched now");
            return null;
        } catch (CancellationException _) {
            return null;
        }
    }

    private static void drop(Future<Path> ahead) {
        if (ahead.state() == Future.State.SUCCESS) {
            delete(ahead.resultNow());
        } else {
            // What there is of it is deleted at the end.
            ahead.cancel(true);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException left) {
            LOG.atWarn()
                    .setCause(left)
                    .addKeyValue("path", file)
                    .log("wal segment that nobody asked for is left behind");
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX + "*")) {
            files.forEach(ReadAhead::delete);
        } catch (IOException | DirectoryIteratorException left) {
            LOG.atWarn().setCause(left).addKeyValue("path", folder).log("wal segments are left behind");
        }
    }
}
