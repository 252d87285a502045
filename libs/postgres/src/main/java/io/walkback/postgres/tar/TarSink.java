package io.walkback.postgres.tar;

/// Takes the entries of an archive: `(entry data* entryEnded)*`, data only after files. What it throws ends the
/// reading.
public interface TarSink {
    void entry(TarEntry entry);

    /// The next bytes of the file. The slice belongs to the caller of [TarReader#accept] and is reused.
    void data(byte[] buffer, int offset, int length);

    /// All `size` bytes of the entry were given.
    void entryEnded();
}
