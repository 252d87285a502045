package io.walkback.testkit.s3;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One version of an object, or a delete marker.
///
/// @param headers those of the put that say how it is kept: metadata, encryption, class
/// @param lock    until when it may not be deleted
@SuppressWarnings("ArrayRecordComponent") // Two versions with the same id are the same object.
public record FakeObject(
        String version,
        boolean marker,
        byte[] bytes,
        String etag,
        Instant at,
        Map<String, String> headers,
        Optional<Lock> lock) {
    /// @param mode `GOVERNANCE` or `COMPLIANCE`
    public record Lock(String mode, Instant until) {}

    FakeObject withLock(Optional<Lock> other) {
        return new FakeObject(version, marker, bytes, etag, at, headers, other);
    }
}
