package io.walkback.repository.testing;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.blob.DeleteOutcome;
import io.walkback.repository.blob.PutOutcome;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts the calls that reach a store, and lets one of them fail: before it takes effect, or after.
public final class FaultyBlobStore implements BlobStore {
    /// When the fault strikes.
    public enum When {
        BEFORE,
        /// The call took effect and its answer was lost.
        AFTER
    }

    private final BlobStore inner;
    private final int failing;
    private final When when;
    private final AtomicInteger calls = new AtomicInteger();

    /// @param failing the number of the call that fails, counted from 1; 0 for none
    public FaultyBlobStore(BlobStore inner, int failing, When when) {
        this.inner = inner;
        this.failing = failing;
        this.when = when;
    }

    public int calls() {
        return calls.get();
    }

    private boolean strike() {
        boolean mine = calls.incrementAndGet() == failing;
        if (mine && when == When.BEFORE) {
            throw lost();
        }
        return mine;
    }

    private <T> T answer(boolean mine, T value) {
        if (mine) {
            throw lost();
        }
        return value;
    }

    private static RetryableException lost() {
        return new RetryableException(FailureCode.STORE_UNAVAILABLE, "injected", "Injected by a test.");
    }

    @Override
    public String location() {
        return inner.location();
    }

    @Override
    public PutOutcome putIfAbsent(BlobKey key, byte[] content) {
        boolean mine = strike();
        return answer(mine, inner.putIfAbsent(key, content));
    }

    @Override
    public BlobWriter newWriter(BlobKey key) {
        boolean lostAnswer = strike();
        BlobWriter writer = inner.newWriter(key);
        if (lostAnswer) {
            writer.close();
            throw lost();
        }
        return new BlobWriter() {
            @Override
            public void write(byte[] bytes, int offset, int length) {
                boolean mine = strike();
                writer.write(bytes, offset, length);
                answer(mine, PutOutcome.CREATED);
            }

            @Override
            public PutOutcome commit() {
                boolean mine = strike();
                return answer(mine, writer.commit());
            }

            @Override
            public void close() {
                writer.close();
            }
        };
    }

    @Override
    public InputStream open(BlobKey key, ByteRange range) {
        boolean mine = strike();
        return answer(mine, inner.open(key, range));
    }

    @Override
    public OptionalLong size(BlobKey key) {
        boolean mine = strike();
        return answer(mine, inner.size(key));
    }

    @Override
    public BlobListing<BlobEntry> list(BlobPrefix prefix) {
        boolean mine = strike();
        return answer(mine, inner.list(prefix));
    }

    @Override
    public BlobListing<String> listFolders(BlobPrefix prefix) {
        boolean mine = strike();
        return answer(mine, inner.listFolders(prefix));
    }

    @Override
    public DeleteOutcome delete(BlobKey key) {
        boolean mine = strike();
        return answer(mine, inner.delete(key));
    }

    @Override
    public void close() {
        inner.close();
    }
}
