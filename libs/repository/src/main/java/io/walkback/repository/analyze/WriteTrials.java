package io.walkback.repository.analyze;

import io.walkback.repository.analyze.StoreTrial.Broken;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.blob.DeleteOutcome;
import io.walkback.repository.blob.PutOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The promises about putting and removing.
final class WriteTrials {
    private static final int WRITERS = 8;
    private static final int LONG_WRITERS = 3;
    private static final int ROUNDS = 25;
    /// Large enough that every store takes it in parts.
    private static final int LONG = (8 << 20) + 1;

    private final BlobStore store;
    private final BlobPrefix scratch;

    WriteTrials(BlobStore store, BlobPrefix scratch) {
        this.store = store;
        this.scratch = scratch;
    }

    String wholeOrNotAtAll() {
        BlobKey key = scratch.child("whole");
        byte[] part = new byte[LONG];
        try (BlobWriter dropped = store.newWriter(key)) {
            dropped.write(part, 0, part.length);
            absent(key, "before it was committed");
        }
        absent(key, "though it was dropped");
        try (BlobWriter kept = store.newWriter(key)) {
            kept.write(part, 0, part.length);
            kept.write(part, 0, 10);
            absent(key, "before it was committed");
            created(kept.commit());
        }
        if (BlobReads.sizeOf(store, key) != part.length + 10L) {
            throw new Broken("a blob of " + (part.length + 10L) + " bytes has " + BlobReads.sizeOf(store, key));
        }
        return "committed, dropped and half-written blobs of " + LONG + " bytes";
    }

    private void absent(BlobKey key, String when) {
        if (store.size(key).isPresent()) {
            throw new Broken("a blob was visible " + when);
        }
    }

    private static void created(PutOutcome outcome) {
        if (outcome != PutOutcome.CREATED) {
            throw new Broken("a free name was said to be taken");
        }
    }

    String createIfAbsent() {
        BlobKey key = scratch.child("taken");
        created(store.putIfAbsent(key, new byte[] {1}));
        for (byte[] other : List.of(new byte[] {1}, new byte[] {2, 2}, new byte[LONG])) {
            if (store.putIfAbsent(key, other) != PutOutcome.ALREADY_THERE) {
                throw new Broken("a put of " + other.length + " bytes under a taken name was let through");
            }
        }
        if (!Arrays.equals(BlobReads.all(store, key, LONG), new byte[] {1})) {
            throw new Broken("a taken name was changed");
        }
        return "second puts of 1, 2 and " + LONG + " bytes were turned away";
    }

    String oneWinner() throws InterruptedException {
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            for (int round = 0; round < ROUNDS; round++) {
                race(writers, scratch.child("race/" + round), WRITERS, 10_000);
            }
            // Uploads in parts, which stores decide elsewhere in their code.
            race(writers, scratch.child("race/long"), LONG_WRITERS, LONG);
        }
        return ROUNDS + " races of " + WRITERS + " writers, and one of long blobs, had one winner each";
    }

    private void race(ExecutorService threads, BlobKey key, int writers, int length) throws InterruptedException {
        CyclicBarrier start = new CyclicBarrier(writers);
        List<Callable<PutOutcome>> puts = new ArrayList<>();
        for (int writer = 1; writer <= writers; writer++) {
            byte mine = (byte) writer;
            puts.add(() -> {
                byte[] content = new byte[length];
                Arrays.fill(content, mine);
                start.await();
                return store.putIfAbsent(key, content);
            });
        }
        int winner = 0;
        int winners = 0;
        int writer = 0;
        for (Future<PutOutcome> put : threads.invokeAll(puts)) {
            writer++;
            if (outcome(put) == PutOutcome.CREATED) {
                winner = writer;
                winners++;
            }
        }
        if (winners != 1) {
            throw new Broken(winners + " of " + writers + " racing writers were told that they won");
        }
        if (BlobReads.range(store, key, new ByteRange(0, 1))[0] != winner) {
            throw new Broken("the content is not that of the writer who was told that he won");
        }
    }

    private static PutOutcome outcome(Future<PutOutcome> put) throws InterruptedException {
        try {
            return put.get();
        } catch (ExecutionException _) {
            if (put.exceptionNow() instanceof RuntimeException failed) {
                throw failed;
            }
            throw new IllegalStateException(put.exceptionNow());
        }
    }

    String delete() {
        BlobKey key = scratch.child("deleted");
        created(store.putIfAbsent(key, new byte[10]));
        if (store.delete(key) != DeleteOutcome.DELETED) {
            throw new Broken("a blob was not deleted");
        }
        absent(key, "after it was deleted");
        if (store.delete(key) != DeleteOutcome.ABSENT) {
            throw new Broken("a deleted blob was found again");
        }
        created(store.putIfAbsent(key, new byte[11]));
        return "deleted, deleted again, and put again";
    }

    String lock() {
        BlobKey key = scratch.child("locked");
        created(store.putIfAbsent(key, new byte[10]));
        DeleteOutcome outcome = store.delete(key);
        if (outcome != DeleteOutcome.RETAINED || store.size(key).isEmpty()) {
            throw new Broken("a locked blob was deleted");
        }
        return "a locked blob was retained until "
                + store.locks().flatMap(locks -> locks.retainedUntil(key)).orElseThrow();
    }
}
