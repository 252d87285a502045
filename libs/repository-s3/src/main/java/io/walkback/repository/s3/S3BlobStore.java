package io.walkback.repository.s3;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobLock;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobTrace;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.blob.DeleteOutcome;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.blob.StoreTraits;
import io.walkback.repository.blob.StoreTraits.Answer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.services.s3.S3Client;

/// Blobs in a bucket. See the package for how they are published. Thread-safe; several processes may use one
/// bucket.
///
/// Memory: at most 8 MiB for each open writer ([PartSizes]) and 32 MiB for the store ([UploadSlots]); reads hold
/// nothing but a socket's buffer.
final class S3BlobStore implements BlobStore {
    private static final byte[] PROBE = "walkback\n".getBytes(StandardCharsets.US_ASCII);

    private final S3Client client;
    private final S3Settings settings;
    private final S3Bucket bucket;
    private final S3Puts puts;
    private final S3Deletes deletes;
    private final UploadSlots slots;
    private final Optional<BlobLocks> locks;
    private final Runnable closing;

    private S3BlobStore(S3Client client, S3Settings settings, S3Bucket bucket, UploadSlots slots, Runnable closing) {
        this.client = client;
        this.settings = settings;
        this.bucket = bucket;
        this.puts = new S3Puts(bucket);
        this.deletes = new S3Deletes(bucket);
        this.slots = slots;
        this.locks = settings.lock().map(lock -> new S3Locks(bucket, lock));
        this.closing = closing;
    }

    /// Opens a bucket that is there, which is asked for within seconds, and learns whether it keeps versions. A
    /// lock that the bucket cannot give is refused here, before anybody relies on it.
    ///
    /// @param closing what is closed with the store
    static S3BlobStore open(S3Client client, S3Settings settings, S3Calls calls, Clock clock, Runnable closing) {
        calls.runBriefly("opening the bucket", () -> client.headBucket(r -> r.bucket(settings.bucket())));
        S3Inspection inspection = new S3Inspection(client, settings, calls);
        S3Inspection.Versioning versioning = inspection.versioning();
        if (settings.lock().isPresent()) {
            requireLocks(settings, versioning.enabled(), inspection.lock().enabled());
        }
        return new S3BlobStore(
                client,
                settings,
                new S3Bucket(client, settings, calls, clock, versioning.any()),
                new UploadSlots(calls.failures()),
                () -> {
                    client.close();
                    closing.run();
                });
    }

    /// Shares connections and the places for parts with this one.
    @Override
    public BlobStore locking(BlobLock lock) {
        S3Inspection inspection = new S3Inspection(client, settings, bucket.calls());
        requireLocks(
                settings, inspection.versioning().enabled(), inspection.lock().enabled());
        S3Settings locking = settings.locking(lock);
        return new S3BlobStore(client, locking, bucket.versioned(locking), slots, () -> {});
    }

    /// Refuses a bucket that does not decide who may create a name: two writers could both win there, and one
    /// backup would be lost (pitfall 63). Keeps one small object to ask with.
    void requireConditionalWrites() {
        BlobKey probe = new BlobKey("walkback-probe");
        putIfAbsent(probe, PROBE);
        if (!new S3Inspection(client, settings, bucket.calls()).refusesTaken(probe, PROBE)) {
            throw new OperatorActionException(
                    FailureCode.NOT_SUPPORTED,
                    settings.location() + " lets a second writer put an object under a taken name",
                    "Keep backups in a store that honours 'If-None-Match: *'; 'walkback repo analyze' tells which"
                            + " does.");
        }
    }

    private static void requireLocks(S3Settings settings, Answer versioning, Answer lock) {
        if (versioning != Answer.ENABLED || lock != Answer.ENABLED) {
            throw new OperatorActionException(
                    FailureCode.NOT_SUPPORTED,
                    settings.location() + " is asked to lock what is written, and versioning is " + word(versioning)
                            + " there, object lock " + word(lock),
                    "Turn both on, as docs/security/object-lock.md says, and allow s3:GetBucketVersioning and"
                        + " s3:GetBucketObjectLockConfiguration; or ask for no locks: leave lock= out of the address"
                        + " and say immutability: none in the policy.");
        }
    }

    private static String word(Answer answer) {
        return switch (answer) {
            case ENABLED -> "on";
            case DISABLED -> "off";
            case UNKNOWN -> "unknown";
        };
    }

    @Override
    public String location() {
        return settings.location();
    }

    @Override
    public PutOutcome putIfAbsent(BlobKey key, byte[] content) {
        if (content.length > PartSizes.SMALLEST) {
            try (BlobWriter writer = newWriter(key)) {
                writer.write(content, 0, content.length);
                return writer.commit();
            }
        }
        return puts.whole(key, content, content.length);
    }

    @Override
    public BlobWriter newWriter(BlobKey key) {
        return new S3BlobWriter(bucket, puts, slots, key);
    }

    @Override
    public InputStream open(BlobKey key, ByteRange range) {
        for (int turn = 1; ; turn++) {
            Optional<String> version = bucket.versionToRead(key);
            if (bucket.isVersioned() && version.isEmpty()) {
                throw BlobReads.missing(this, key);
            }
            S3RangeStream stream = new S3RangeStream(bucket, key, version, range);
            if (range.length() == 0) {
                long size = BlobReads.sizeOf(this, key);
                if (size < range.end()) {
                    throw stream.shorter(size);
                }
                return stream;
            }
            try {
                stream.begin();
                return stream;
            } catch (S3Calls.Refused refused) {
                switch (refused.fault()) {
                    case NOT_THERE -> {
                        if (version.isEmpty() || turn == 2) {
                            throw BlobReads.missing(this, key);
                        }
                        bucket.forget(key);
                    }
                    case OUT_OF_RANGE -> throw stream.shorter(BlobReads.sizeOf(this, key));
                    default -> throw bucket.calls().failures().of("reading object '" + key + "'", refused.failure());
                }
            }
        }
    }

    @Override
    public OptionalLong size(BlobKey key) {
        return bucket.look(key).map(found -> OptionalLong.of(found.size())).orElseGet(OptionalLong::empty);
    }

    @Override
    public BlobListing<BlobEntry> list(BlobPrefix prefix) {
        return new S3Listings(bucket).blobs(prefix);
    }

    @Override
    public BlobListing<String> listFolders(BlobPrefix prefix) {
        return new S3Listings(bucket).folders(prefix);
    }

    @Override
    public BlobListing<BlobTrace> traces(BlobPrefix prefix) {
        return new S3Traces(bucket).below(prefix);
    }

    @Override
    public DeleteOutcome delete(BlobKey key) {
        return deletes.delete(key);
    }

    @Override
    public int sweepLeftovers(Instant floor) {
        return deletes.sweep(floor);
    }

    @Override
    public Optional<BlobLocks> locks() {
        return locks;
    }

    @Override
    public StoreTraits traits(BlobPrefix scratch) {
        return new S3Inspection(client, settings, bucket.calls()).traits(scratch);
    }

    @Override
    public void close() {
        closing.run();
    }
}
