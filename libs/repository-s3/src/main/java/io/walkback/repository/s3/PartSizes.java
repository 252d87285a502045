package io.walkback.repository.s3;

/// How large the parts of an upload are: 8 MiB, which is what one costs in memory, for the first 2,000, and twice
/// as much from every 2,000th on, so that 10,000 parts (S3's limit) make 484 GiB. All parts but the last of an
/// upload below 16 GiB are equal, as some stores want.
final class PartSizes {
    static final int SMALLEST = 8 << 20;
    static final int MOST = 10_000;

    private static final int EQUAL = 2_000;

    private PartSizes() {}

    /// @param number from 1 to [#MOST]
    static int of(int number) {
        if (number < 1 || number > MOST) {
            throw new IllegalArgumentException("part " + number + " of an upload, which has 1 to " + MOST);
        }
        return SMALLEST << ((number - 1) / EQUAL);
    }
}
