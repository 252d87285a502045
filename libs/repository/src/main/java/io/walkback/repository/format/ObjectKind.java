package io.walkback.repository.format;

/// What an object is, as one ASCII letter in its header. Letters are never reused; `S` (signatures) is taken by the
/// format and not written yet.
public enum ObjectKind {
    REPOSITORY('R'),
    LINEAGE('L'),
    WRAPPED_KEY('K'),
    PACK('P'),
    MANIFEST('M'),
    WAL('W'),
    HISTORY('H'),
    PAGE_DIGESTS('D');

    private final byte letter;

    ObjectKind(char letter) {
        this.letter = (byte) letter;
    }

    /// Whether objects of this kind are sealed in an encrypted repository. The others are what leads to the keys.
    boolean isSealable() {
        return switch (this) {
            case REPOSITORY, LINEAGE, WRAPPED_KEY -> false;
            case PACK, MANIFEST, WAL, HISTORY, PAGE_DIGESTS -> true;
        };
    }

    /// The highest field of a header of this kind.
    int highestField() {
        return this == WRAPPED_KEY ? 7 : 5;
    }

    public byte letter() {
        return letter;
    }
}
