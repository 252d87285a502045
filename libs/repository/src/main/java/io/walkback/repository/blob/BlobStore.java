package io.walkback.repository.blob;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// Named blobs, written once. Thread-safe.
///
/// Every implementation promises, and the contract suite checks: a blob is readable whole or not at all; once a
/// put returns, every reader sees it and it survives power loss; putting under a taken key changes nothing and
/// says so; deleting an absent key succeeds.
///
/// Failures, for all methods: [io.walkback.domain.RetryableException] `STORE_UNAVAILABLE` when the store could not
/// be asked; [io.walkback.domain.OperatorActionException] `STORE_ACCESS` or `STORE_FULL`; `OBJECT_MISSING` and
/// `OBJECT_CORRUPT`, both [io.walkback.domain.CorruptDataException], as said below. No exception of the technology
/// behind it leaves it.
public interface BlobStore extends AutoCloseable {
    /// Where the blobs are, for messages: a URL without credentials.
    String location();

    /// Publishes a small blob unless the key is taken.
    PutOutcome putIfAbsent(BlobKey key, byte[] content);

    /// Starts a blob of any size. Nothing is visible before [BlobWriter#commit].
    BlobWriter newWriter(BlobKey key);

    /// A stream of exactly `range.length()` bytes, closed by the caller.
    ///
    /// Its methods throw the failures above and no `IOException`; a connection cut midway is `STORE_UNAVAILABLE`,
    /// never a short stream. A blob that is not there is `OBJECT_MISSING`; one that ends before the range does is
    /// `OBJECT_CORRUPT`.
    InputStream open(BlobKey key, ByteRange range);

    /// The blob's size in bytes; empty only when the store said that there is none.
    OptionalLong size(BlobKey key);

    /// All blobs below the prefix, at any depth.
    BlobListing<BlobEntry> list(BlobPrefix prefix);

    /// The names of the segments that directly follow the prefix and have something below them, each once.
    BlobListing<String> listFolders(BlobPrefix prefix);

    /// What was done to blobs below the prefix after they were written: one or more for each blob concerned. Empty
    /// for a store that keeps no trace of it.
    default BlobListing<BlobTrace> traces(BlobPrefix prefix) {
        return BlobListing.empty();
    }

    /// Removes the blob, and says whether it was there or the store holds on to it.
    DeleteOutcome delete(BlobKey key);

    /// Removes what writers that died before `floor` left behind, which no listing shows, and returns how much that
    /// was. A live writer's is younger than the longest backup.
    default int sweepLeftovers(Instant floor) {
        return 0;
    }

    /// The store's locks; empty for one that locks nothing.
    default Optional<BlobLocks> locks() {
        return Optional.empty();
    }

    /// The same blobs, and everything that is put through what this returns is locked, as hard and as long at
    /// least as the store locks by itself. Closing it closes nothing.
    ///
    /// `NOT_SUPPORTED` where the store does not lock, or does not say that it does: it is asked now.
    default BlobStore locking(BlobLock lock) {
        throw new OperatorActionException(
                FailureCode.NOT_SUPPORTED,
                "'" + location() + "' cannot lock what is written, and locks are asked for: " + lock,
                "Keep the repository in a bucket with versioning and Object Lock, as docs/security/object-lock.md"
                        + " says; or say immutability: none in the policy.");
    }

    /// What the store says of itself, asked now. Tries things out below `scratch` and leaves nothing there.
    default StoreTraits traits(BlobPrefix scratch) {
        return StoreTraits.none();
    }

    /// Releases connections and background work. Blobs stay.
    @Override
    void close();
}
