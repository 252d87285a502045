package io.walkback.repository.format;

/// What an object is, as one ASCII letter in its header. Letters are never reused; `D` (page digests), `K`
/// (wrapped keys) and `S` (signatures) are taken by the format and not written yet.
public enum ObjectKind {
    REPOSITORY('R'),
    LINEAGE('L'),
    PACK('P'),
    MANIFEST('M'),
    WAL('W'),
    HISTORY('H');

    private final byte letter;

    ObjectKind(char letter) {
        this.letter = (byte) letter;
    }

    byte letter() {
        return letter;
    }
}
