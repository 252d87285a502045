package io.walkback.repository.s3;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.PutOutcome;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// The last step of a put: one conditional request, and a look at what is there afterwards.
///
/// What the look shows decides, not the answer to the request: an answer can be lost after its effect, and a store
/// can acknowledge what it does not keep (F28).
///
/// @param key    name of the blob
/// @param length that was sent
/// @param token  of this put alone, kept with the object
record Published(BlobKey key, long length, String token) {
    /// Looks after a conflict, and after an acknowledgement that nothing is to be seen of.
    private static final int LOOKS = 6;

    static Published of(BlobKey key, long length) {
        return new Published(key, length, UUID.randomUUID().toString());
    }

    /// @param request publishes the object and returns its ETag
    PutOutcome by(S3Bucket bucket, Supplier<String> request) {
        String what = "publishing object '" + key + "'";
        for (int turn = 1; ; turn++) {
            try {
                String etag = bucket.calls().ask(what, request);
                return confirmed(bucket, etag);
            } catch (S3Calls.Refused refused) {
                switch (refused.fault()) {
                    case TAKEN, CONFLICT, UPLOAD_GONE -> {
                        bucket.forget(key);
                        Optional<S3Bucket.Found> there = bucket.look(key);
                        if (there.isPresent()) {
                            return outcome(there.get(), Optional.empty());
                        }
                        if (refused.fault() == S3Fault.UPLOAD_GONE || turn == LOOKS) {
                            throw bucket.calls().failures().of(what, refused.failure());
                        }
                        bucket.calls().pause(what, bucket.calls().pauseAfter(turn));
                    }
                    default -> throw bucket.calls().failures().of(what, refused.failure());
                }
            }
        }
    }

    private PutOutcome confirmed(S3Bucket bucket, String etag) {
        for (int look = 1; look <= LOOKS; look++) {
            bucket.forget(key);
            Optional<S3Bucket.Found> there = bucket.look(key);
            if (there.isPresent()) {
                return outcome(there.get(), Optional.of(etag));
            }
            bucket.calls()
                    .pause("looking for object '" + key + "'", bucket.calls().pauseAfter(look));
        }
        throw new CorruptDataException(
                FailureCode.OBJECT_MISSING,
                "object '" + key + "' was acknowledged by " + bucket.settings().location() + " and is not there",
                "This store loses what it has acknowledged: run 'walkback repo analyze', and do not trust it with"
                        + " backups.");
    }

    /// @param acknowledged the ETag that the store answered with; empty where it did not answer
    private PutOutcome outcome(S3Bucket.Found there, Optional<String> acknowledged) {
        boolean mine = there.token().isPresent()
                ? there.token().get().equals(token)
                // A store that keeps no notes: the ETag that it gave this put, if any.
                : acknowledged.isPresent() && acknowledged.get().equals(there.etag());
        if (!mine) {
            return PutOutcome.ALREADY_THERE;
        }
        if (there.size() != length) {
            throw new CorruptDataException(
                    FailureCode.OBJECT_CORRUPT,
                    "object '" + key + "' has " + there.size() + " bytes in the store, and " + length + " were sent",
                    "This store cut what it has acknowledged: run 'walkback repo analyze', and do not trust it with"
                            + " backups.");
        }
        return PutOutcome.CREATED;
    }
}
