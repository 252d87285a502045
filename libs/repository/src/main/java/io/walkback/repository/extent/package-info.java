/// Extents: how a file's bytes are named, compressed and framed, one mebibyte at a time.
///
/// Identities are keyed, so that nobody who can write rows can construct two extents with one identity. What a
/// decoder returns was checked against the frame's checksum and digest; otherwise it throws (P3).
@NullMarked
package io.walkback.repository.extent;

import org.jspecify.annotations.NullMarked;
