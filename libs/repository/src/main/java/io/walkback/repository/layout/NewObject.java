package io.walkback.repository.layout;

import io.walkback.repository.seal.ObjectSeal;

/// An object that is about to be written: its first bytes, and how its frames are sealed.
public final class NewObject {
    private final byte[] header;
    private final ObjectSeal seal;

    NewObject(byte[] header, ObjectSeal seal) {
        this.header = header;
        this.seal = seal;
    }

    /// The header's bytes, which the caller writes first.
    public byte[] header() {
        return header.clone();
    }

    public ObjectSeal seal() {
        return seal;
    }
}
