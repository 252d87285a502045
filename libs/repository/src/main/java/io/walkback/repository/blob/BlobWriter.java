package io.walkback.repository.blob;

/// A blob being written, of any length. Closing is not committing: without [#commit] nothing appears under the
/// key. Used by one thread at a time.
public interface BlobWriter extends AutoCloseable {
    /// Appends bytes. They are copied or written before this returns, so the caller may reuse the array.
    void write(byte[] bytes, int offset, int length);

    /// Makes what was written durable and publishes it under the key, unless that is taken. After `CREATED` it
    /// survives power loss.
    ///
    /// When this throws, whether the blob was published is unknown: ask [BlobStore#size].
    PutOutcome commit();

    /// Drops what was not committed. Never throws for an already committed writer.
    @Override
    void close();
}
