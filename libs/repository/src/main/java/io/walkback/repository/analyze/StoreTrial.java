package io.walkback.repository.analyze;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.repository.analyze.StoreReport.Result;
import io.walkback.repository.analyze.StoreReport.Verdict;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.DeleteOutcome;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tries a store out: some 50 MiB are written and read. Used once.
public final class StoreTrial {
    private static final Logger LOG = LoggerFactory.getLogger(StoreTrial.class);

    private final BlobStore store;
    private final Clock clock;
    private final BlobPrefix scratch;

    /// @param clock that writers of backups go by
    public StoreTrial(BlobStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.scratch = new BlobPrefix("walkback-analyze/" + UUID.randomUUID() + "/");
    }

    /// What a promise's trial looks like: it returns what it saw.
    interface Attempt {
        String see() throws InterruptedException;
    }

    /// A promise that was broken, seen by a trial.
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken(String what) {
            super(what);
        }
    }

    /// Tries everything, and removes what it wrote whatever happens. A store that cannot be reached or refuses the
    /// credentials is an exception, not a report.
    public StoreReport run() throws InterruptedException {
        List<Result> results;
        try {
            results = tryAll();
        } catch (RuntimeException failed) {
            try {
                clean();
            } catch (PlatformException left) {
                failed.addSuppressed(left);
            }
            throw failed;
        }
        return new StoreReport(store.location(), results, clean(), scratch.value());
    }

    private List<Result> tryAll() throws InterruptedException {
        WriteTrials writes = new WriteTrials(store, scratch);
        ReadTrials reads = new ReadTrials(store, scratch, clock);
        List<Result> results = new ArrayList<>();
        results.add(tried(Promise.WHOLE_OR_NOT_AT_ALL, writes::wholeOrNotAtAll));
        results.add(tried(Promise.CREATE_IF_ABSENT, writes::createIfAbsent));
        results.add(tried(Promise.ONE_WINNER, writes::oneWinner));
        results.add(tried(Promise.SIZES, reads::sizes));
        results.add(tried(Promise.RANGES, reads::ranges));
        results.add(tried(Promise.SAYS_WHAT_IS_MISSING, reads::missing));
        results.add(tried(Promise.LISTING, reads::listing));
        results.add(
                store.locks().isPresent() ? tried(Promise.LOCK, writes::lock) : tried(Promise.DELETE, writes::delete));
        results.add(tried(Promise.CLOCK, reads::clock));
        results.addAll(Traits.of(store.traits(scratch)));
        return results;
    }

    private static Result tried(Promise promise, Attempt attempt) throws InterruptedException {
        try {
            return new Result(promise, Verdict.KEPT, attempt.see());
        } catch (Broken broken) {
            return new Result(promise, Verdict.BROKEN, String.valueOf(broken.getMessage()));
        } catch (PlatformException failed) {
            if (failed.code() == FailureCode.OBJECT_MISSING || failed.code() == FailureCode.OBJECT_CORRUPT) {
                return new Result(promise, Verdict.BROKEN, String.valueOf(failed.getMessage()));
            }
            throw failed;
        }
    }

    /// Removes what the trial wrote, and says how much of it stays.
    private int clean() {
        List<BlobKey> written = new ArrayList<>();
        try (BlobListing<BlobEntry> all = store.list(scratch)) {
            all.forEachRemaining(entry -> written.add(entry.key()));
        }
        int left = 0;
        for (BlobKey key : written) {
            try {
                if (store.delete(key) == DeleteOutcome.RETAINED) {
                    left++;
                }
            } catch (PlatformException kept) {
                LOG.atDebug().addKeyValue("object", key).setCause(kept).log("trial object stays");
                left++;
            }
        }
        return left;
    }
}
