/// The front door: a repository, its databases, and what each lineage holds.
///
/// A repository describes itself (P4): with this library and the store, everything in it can be listed, read and
/// verified. Its root descriptor is written once, by `init`, and carries format version, repository id and naming
/// key.
@NullMarked
package io.walkback.repository;

import org.jspecify.annotations.NullMarked;
