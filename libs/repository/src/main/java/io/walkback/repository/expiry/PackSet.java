package io.walkback.repository.expiry;

import io.walkback.repository.layout.PackId;

/// A set of packs: 20 bytes each and as much again for room, so that the packs of a petabyte fit a gigabyte. Not
/// thread-safe.
final class PackSet {
    private static final int SMALLEST = 1 << 10;

    private long[] high = new long[SMALLEST];
    private long[] low = new long[SMALLEST];
    /// Number plus one; 0 is an empty place.
    private int[] numbers = new int[SMALLEST];
    private int size;

    void add(PackId pack) {
        if (size >= numbers.length / 2) {
            grow();
        }
        int place =
                place(pack.attempt().getMostSignificantBits(), pack.attempt().getLeastSignificantBits(), pack.number());
        if (numbers[place] == 0) {
            put(
                    place,
                    pack.attempt().getMostSignificantBits(),
                    pack.attempt().getLeastSignificantBits(),
                    pack.number() + 1);
            size++;
        }
    }

    boolean contains(PackId pack) {
        return numbers[
                        place(
                                pack.attempt().getMostSignificantBits(),
                                pack.attempt().getLeastSignificantBits(),
                                pack.number())]
                != 0;
    }

    int size() {
        return size;
    }

    /// Where it is, or the empty place where it would be.
    private int place(long first, long second, int number) {
        int mask = numbers.length - 1;
        long mixed = (first ^ Long.rotateLeft(second, 31) ^ number * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        int place = (int) (mixed >>> 32) & mask;
        while (numbers[place] != 0 && !(numbers[place] == number + 1 && high[place] == first && low[place] == second)) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private void put(int place, long first, long second, int numberPlusOne) {
        high[place] = first;
        low[place] = second;
        numbers[place] = numberPlusOne;
    }

    private void grow() {
        long[] oldHigh = high;
        long[] oldLow = low;
        int[] oldNumbers = numbers;
        int room = Math.multiplyExact(oldNumbers.length, 2);
        high = new long[room];
        low = new long[room];
        numbers = new int[room];
        for (int i = 0; i < oldNumbers.length; i++) {
            if (oldNumbers[i] != 0) {
                put(place(oldHigh[i], oldLow[i], oldNumbers[i] - 1), oldHigh[i], oldLow[i], oldNumbers[i]);
            }
        }
    }
}
