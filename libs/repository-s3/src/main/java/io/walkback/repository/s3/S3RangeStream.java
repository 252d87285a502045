package io.walkback.repository.s3;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// A range of an object, whole. Where the connection ends early, stands still or trickles, the rest is asked for
/// anew, of the same object: by its version, and by its ETag ([GetObjectRequest#ifMatch()]), so that no stream is
/// made of two. What that costs in time is bounded by the budget of a request. Used by one thread.
final class S3RangeStream extends InputStream {
    private final S3Bucket bucket;
    private final BlobKey key;
    private final Optional<String> version;
    private final long end;
    private final String what;
    private long position;
    private @Nullable String etag;
    private @Nullable ResponseInputStream<GetObjectResponse> body;
    private int interruptions;
    private long lost;
    private long windowTime;
    private long windowBytes;

    S3RangeStream(S3Bucket bucket, BlobKey key, Optional<String> version, ByteRange range) {
        this.bucket = bucket;
        this.key = key;
        this.version = version;
        this.position = range.offset();
        this.end = range.end();
        this.what = "reading object '" + key + "'";
    }

    /// Connects; before it returns, the object is known to be there and to reach to the end of the range.
    void begin() throws S3Calls.Refused {
        ResponseInputStream<GetObjectResponse> answer = bucket.calls().ask(what, () -> bucket.client()
                .getObject(GetObjectRequest.builder()
                        .bucket(bucket.name())
                        .key(bucket.objectName(key))
                        .versionId(version.orElse(null))
                        .ifMatch(etag)
                        .range("bytes=" + position + "-" + (end - 1))
                        .build()));
        body = answer;
        windowTime = 0;
        windowBytes = 0;
        etag = answer.response().eTag();
        requireRange(answer.response());
    }

    private void requireRange(GetObjectResponse response) {
        String range = response.contentRange();
        if (range == null || !range.startsWith("bytes " + position + "-")) {
            abort();
            throw bucket.calls()
                    .failures()
                    .unavailable(
                            what + ": bytes from " + position + " were asked for, and the store sent '" + range + "'",
                            null);
        }
        long last = Long.parseLong(range.substring(range.indexOf('-') + 1, range.indexOf('/')));
        if (last != end - 1) {
            abort();
            throw shorter(last + 1);
        }
    }

    CorruptDataException shorter(long size) {
        return new CorruptDataException(
                FailureCode.OBJECT_CORRUPT,
                "object '" + key + "' has " + size + " bytes, and bytes " + position + " to " + end + " are wanted",
                "It was cut; restore from another backup or another copy of the repository.");
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        while (position < end) {
            int wanted = (int) Math.min(length, end - position);
            long began = bucket.calls().time().nanos();
            try {
                int count = body().read(into, offset, wanted);
                if (count < 0) {
                    throw new IOException("the store ended it " + (end - position) + " bytes early");
                }
                position += count;
                judgeSpeed(count, bucket.calls().time().nanos() - began);
                return count;
            } catch (IOException cut) {
                lost += bucket.calls().time().nanos() - began;
                reconnect(cut);
            } catch (SdkException cut) {
                if (S3Fault.of(cut) == S3Fault.INTERRUPTED) {
                    abort();
                    throw bucket.calls().failures().interrupted(what, cut);
                }
                lost += bucket.calls().time().nanos() - began;
                reconnect(cut);
            }
        }
        return -1;
    }

    private ResponseInputStream<GetObjectResponse> body() {
        if (body == null) {
            throw new IllegalStateException(what + " after its end");
        }
        return body;
    }

    /// Only the time inside of reads counts: a slow reader is no slow store.
    private void judgeSpeed(int count, long nanos) throws IOException {
        windowTime += nanos;
        windowBytes += count;
        S3Patience patience = bucket.calls().patience();
        if (windowTime < patience.stallWindow().toNanos()) {
            return;
        }
        boolean slow = windowBytes * 1e9 / windowTime < patience.slowest();
        long spent = windowTime;
        windowTime = 0;
        windowBytes = 0;
        if (slow && position < end) {
            lost += spent;
            reconnect(new IOException("the store sends less than " + patience.slowest() + " bytes a second"));
        }
    }

    private void reconnect(Exception cause) {
        abort();
        interruptions++;
        Duration pause = bucket.calls().pauseAfter(interruptions);
        lost += pause.toNanos();
        if (lost > bucket.calls().patience().budget().toNanos()) {
            throw bucket.calls()
                    .failures()
                    .unavailable(
                            what + " in " + bucket.settings().location() + " failed at byte " + position + " after "
                                    + interruptions + " interruptions: " + cause.getMessage(),
                            cause);
        }
        bucket.calls().pause(what, pause);
        try {
            begin();
        } catch (S3Calls.Refused refused) {
            throw switch (refused.fault()) {
                case TAKEN, NOT_THERE ->
                    new CorruptDataException(
                            FailureCode.OBJECT_CORRUPT,
                            "object '" + key + "' was replaced or deleted while it was read",
                            "Nothing of Walkback replaces an object: find out who writes into this bucket.",
                            refused.failure());
                default -> bucket.calls().failures().of(what, refused.failure());
            };
        }
    }

    /// Ends the connection without reading what is left of it.
    private void abort() {
        if (body != null) {
            body.abort();
            body = null;
        }
    }

    @Override
    public void close() {
        ResponseInputStream<GetObjectResponse> open = body;
        if (open == null) {
            return;
        }
        if (position < end) {
            abort();
            return;
        }
        body = null;
        try {
            open.close();
        } catch (IOException ended) {
            // Every byte has been handed over; that the connection cannot be used again is no failure of the read.
            open.abort();
        }
    }
}
