/// What a store can be trusted with, found out by trying it.
///
/// Stores that speak one protocol differ in what they keep of it, and one that lets two writers win loses backups
/// without a word (pitfall 63). So the promises of [io.walkback.repository.blob.BlobStore] are tried against the
/// very place that is to hold backups, below a prefix of this run alone, which is emptied afterwards.
@NullMarked
package io.walkback.repository.analyze;

import org.jspecify.annotations.NullMarked;
