package io.walkback.repository.s3;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.PutOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/// A blob on its way into the bucket: by one request when it fits one part, by an upload in parts otherwise.
///
/// Memory: one part that is being filled, grown from 64 KiB as bytes come, and the parts on the wire, which all
/// writers of a store share ([UploadSlots]). A full part waits for a slot, and so does whoever writes. Bytes are
/// used again for another part only when the request that sent them has ended.
final class S3BlobWriter implements BlobWriter {
    private static final Logger LOG = LoggerFactory.getLogger(S3BlobWriter.class);
    private static final int FIRST_BUFFER = 64 << 10;
    /// What grows beyond this is likely to fill a part.
    private static final int WORTH_A_PART = 512 << 10;

    /// What has begun once the first part was full.
    private record Upload(Published published, String id, ExecutorService threads, List<Future<CompletedPart>> parts) {}

    private final S3Bucket bucket;
    private final S3Puts puts;
    private final UploadSlots slots;
    private final BlobKey key;
    private byte[] buffer = new byte[FIRST_BUFFER];
    private int filled;
    private long length;
    private @Nullable Upload upload;
    private boolean ended;

    S3BlobWriter(S3Bucket bucket, S3Puts puts, UploadSlots slots, BlobKey key) {
        this.bucket = bucket;
        this.puts = puts;
        this.slots = slots;
        this.key = key;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        requireOpen();
        int at = offset;
        int left = count;
        while (left > 0) {
            int room = partSize() - filled;
            if (room == 0) {
                sendPart();
                continue;
            }
            int now = Math.min(left, room);
            ensure(filled + now);
            System.arraycopy(bytes, at, buffer, filled, now);
            filled += now;
            at += now;
            left -= now;
        }
        length += count;
    }

    private int partSize() {
        int number = upload == null ? 1 : upload.parts().size() + 1;
        if (number > PartSizes.MOST) {
            throw new OperatorActionException(
                    FailureCode.NOT_SUPPORTED,
                    "object '" + key + "' is longer than the " + PartSizes.MOST + " parts that an upload can have",
                    "This is a fault in Walkback: no object of a repository is that long. Report it.");
        }
        return PartSizes.of(number);
    }

    private void ensure(int needed) {
        if (needed <= buffer.length) {
            return;
        }
        byte[] again = needed > WORTH_A_PART && partSize() == PartSizes.SMALLEST ? slots.again() : null;
        if (again != null) {
            System.arraycopy(buffer, 0, again, 0, filled);
            buffer = again;
        } else {
            buffer = Arrays.copyOf(buffer, (int) Math.min(partSize(), Math.max(needed, 2L * buffer.length)));
        }
    }

    private void sendPart() {
        Upload running = upload;
        if (running == null) {
            // The length is not known yet; it is put in when the upload is completed.
            Published published = Published.of(key, 0);
            running = new Upload(
                    published,
                    puts.start(published),
                    Executors.newThreadPerTaskExecutor(
                            Thread.ofVirtual().name("walkback-part-", 0).factory()),
                    new ArrayList<>());
            upload = running;
        }
        failIfAPartFailed(running);
        slots.take(key);
        byte[] bytes = buffer;
        int count = filled;
        int number = running.parts().size() + 1;
        String id = running.id();
        try {
            running.parts().add(running.threads().submit(() -> {
                try {
                    CompletedPart stored = puts.part(key, id, number, bytes, count);
                    slots.leave(bytes);
                    return stored;
                } finally {
                    slots.giveBack();
                }
            }));
        } catch (RuntimeException notStarted) {
            slots.giveBack();
            throw notStarted;
        }
        buffer = new byte[FIRST_BUFFER];
        filled = 0;
    }

    private void failIfAPartFailed(Upload running) {
        for (Future<CompletedPart> part : running.parts().reversed()) {
            if (part.state() == Future.State.FAILED) {
                throw failure(part.exceptionNow());
            }
        }
    }

    @Override
    public PutOutcome commit() {
        requireOpen();
        if (upload == null) {
            PutOutcome outcome = puts.whole(key, buffer, filled);
            end();
            return outcome;
        }
        sendPart();
        Upload running = upload;
        List<CompletedPart> parts = new ArrayList<>();
        for (Future<CompletedPart> part : running.parts()) {
            parts.add(await(part));
        }
        Published published = new Published(key, length, running.published().token());
        PutOutcome outcome = puts.complete(published, running.id(), parts);
        if (outcome == PutOutcome.CREATED) {
            running.threads().shutdown();
            end();
        } else {
            close();
        }
        return outcome;
    }

    private CompletedPart await(Future<CompletedPart> part) {
        try {
            return part.get();
        } catch (InterruptedException interrupted) {
            throw bucket.calls().failures().interrupted("storing object '" + key + "'", interrupted);
        } catch (ExecutionException _) {
            throw failure(part.exceptionNow());
        }
    }

    private static RuntimeException failure(Throwable cause) {
        return switch (cause) {
            case PlatformException known -> known;
            case Error broken -> throw broken;
            default -> new IllegalStateException("storing a part failed", cause);
        };
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("object '" + key + "' was committed or dropped already");
        }
    }

    private void end() {
        ended = true;
        buffer = new byte[0];
    }

    /// Drops the upload once no part of it is on its way any more: a part that arrived later would stay. An upload
    /// that cannot be dropped is invisible and swept later (pitfall 64), so this is no reason to fail.
    @Override
    public void close() {
        if (ended) {
            return;
        }
        end();
        Upload running = upload;
        if (running == null) {
            return;
        }
        running.threads().shutdownNow();
        running.threads().close();
        try {
            puts.abort(key, running.id());
        } catch (PlatformException left) {
            LOG.atWarn()
                    .addKeyValue("object", key)
                    .addKeyValue("failureCode", left.code())
                    .setCause(left)
                    .log("upload left behind");
        }
    }
}
