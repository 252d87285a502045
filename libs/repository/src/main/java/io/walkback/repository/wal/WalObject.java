package io.walkback.repository.wal;

import io.walkback.repository.blob.BlobKey;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/// A WAL segment, a piece of one, or a history file in the store; header and footer are checked, the content is
/// not read yet.
public final class WalObject {
    private final BlobKey key;
    private final long plainLength;
    private final long storedLength;
    private final String sha256;
    private final Instant storedAt;
    private final Optional<CommitTimes> commitTimes;
    private final Supplier<InputStream> content;

    WalObject(
            BlobKey key,
            long plainLength,
            long storedLength,
            String sha256,
            Instant storedAt,
            Optional<CommitTimes> commitTimes,
            Supplier<InputStream> content) {
        this.key = key;
        this.plainLength = plainLength;
        this.storedLength = storedLength;
        this.sha256 = sha256;
        this.storedAt = storedAt;
        this.commitTimes = commitTimes;
        this.content = content;
    }

    public BlobKey key() {
        return key;
    }

    public long plainLength() {
        return plainLength;
    }

    /// Bytes of the object in the store.
    public long storedLength() {
        return storedLength;
    }

    /// SHA-256 of the plain bytes, in lower-case hexadecimal.
    public String sha256() {
        return sha256;
    }

    /// When the writer began it, by the writer's clock.
    public Instant storedAt() {
        return storedAt;
    }

    public Optional<CommitTimes> commitTimes() {
        return commitTimes;
    }

    /// The plain bytes. Its methods throw damage and store failures and no `IOException`. Frames are checked as
    /// they come, the SHA-256 at the end: whoever stops before the end of the stream has not checked everything.
    /// The caller closes it.
    public InputStream open() {
        return content.get();
    }

    /// The plain bytes, checked whole, in memory: for history files and pieces, which are short.
    public byte[] readAll() {
        try (InputStream in = open()) {
            return in.readAllBytes();
        } catch (IOException impossible) {
            throw new IllegalStateException("a store's stream throws no IOException", impossible);
        }
    }
}
