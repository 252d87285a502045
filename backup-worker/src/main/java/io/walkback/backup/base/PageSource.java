package io.walkback.backup.base;

import io.walkback.repository.manifest.FileContent;

/// The second look at a page.
interface PageSource extends AutoCloseable {
    sealed interface Look {
        /// The page as it is on the server's disk now.
        record Page(FileContent content) implements Look {}

        /// The file is gone or shorter: WAL replay deals with that.
        record Gone() implements Look {}

        /// The role may not read files, or the server did not answer.
        record NotPossible() implements Look {}
    }

    /// @param path   relative to the data directory
    /// @param offset of the page's first byte
    Look read(String path, long offset);

    @Override
    void close();
}
