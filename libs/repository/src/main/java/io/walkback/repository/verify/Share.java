package io.walkback.repository.verify;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.layout.PackId;

/// One of several shares of a repository's packs and WAL segments: each is in exactly one, the same at every run,
/// so that runs with each share in turn read everything.
///
/// @param number from 1 to `of`
public record Share(int number, int of) {
    /// Everything at once.
    public static final Share WHOLE = new Share(1, 1);

    private static final int MOST = 10_000;

    public Share {
        if (of < 1 || of > MOST || number < 1 || number > of) {
            throw new IllegalArgumentException(
                    "part " + number + " of " + of + "; parts are 1 to their number, at most " + MOST);
        }
    }

    public boolean isWhole() {
        return of == 1;
    }

    boolean has(BlobKey key) {
        return Math.floorMod(key.value().hashCode() * 0x9E3779B1, of) == number - 1;
    }

    boolean has(PackId pack) {
        // An attempt's identifier is random, so neighbouring packs would share one without the number.
        return Math.floorMod(pack.hashCode() * 0x9E3779B1, of) == number - 1;
    }
}
