package io.walkback.repository.seal;

/// What a frame is authenticated as.
///
/// @param ordinal    of the frame within its object, also its nonce
/// @param extentHigh upper half of the identity of the extent that the frame belongs to; zeros if it belongs to
/// none
/// @param codec      number of the codec that made the bytes that are sealed
/// @param plainLength what they decode to
public record FrameLabel(int ordinal, long extentHigh, long extentLow, int codec, int plainLength) {}
