package io.walkback.repository.analyze;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.repository.analyze.StoreTrial.Broken;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.ByteRange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/// The promises about reading.
final class ReadTrials {
    private static final List<Integer> SIZES = List.of(0, 1, 8_191, 1 << 20, (8 << 20) + 1, (17 << 20) + 12_345);
    private static final int LISTED = 25;
    /// Stores tell times in whole seconds, and refuse requests that are a quarter of an hour off.
    private static final Duration CLOCKS_APART = Duration.ofSeconds(30);

    private final BlobStore store;
    private final BlobPrefix scratch;
    private final Clock clock;

    ReadTrials(BlobStore store, BlobPrefix scratch, Clock clock) {
        this.store = store;
        this.scratch = scratch;
        this.clock = clock;
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    String sizes() {
        for (int size : SIZES) {
            BlobKey key = scratch.child("sizes/" + size);
            byte[] content = noise(size);
            store.putIfAbsent(key, content);
            if (BlobReads.sizeOf(store, key) != size
                    || !Arrays.equals(BlobReads.range(store, key, new ByteRange(0, size)), content)) {
                throw new Broken("a blob of " + size + " bytes came back changed");
            }
        }
        return "0 bytes to " + SIZES.getLast() + " bytes";
    }

    String ranges() {
        BlobKey key = scratch.child("ranges");
        byte[] content = noise(300_000);
        store.putIfAbsent(key, content);
        for (ByteRange range : List.of(
                new ByteRange(0, 1),
                new ByteRange(131_071, 2),
                new ByteRange(100_000, 150_000),
                new ByteRange(299_999, 1),
                new ByteRange(300_000, 0))) {
            byte[] expected = Arrays.copyOfRange(content, (int) range.offset(), (int) range.end());
            if (!Arrays.equals(BlobReads.range(store, key, range), expected)) {
                throw new Broken("bytes " + range.offset() + " to " + range.end() + " are others");
            }
        }
        return "first, last, middle and empty ranges of 300000 bytes";
    }

    String missing() {
        BlobKey key = scratch.child("short");
        store.putIfAbsent(key, new byte[10]);
        says(FailureCode.OBJECT_MISSING, scratch.child("absent"), new ByteRange(0, 1));
        says(FailureCode.OBJECT_CORRUPT, key, new ByteRange(5, 6));
        if (store.size(scratch.child("absent")).isPresent()) {
            throw new Broken("a blob that was never put has a size");
        }
        return "an absent blob and a range beyond the end";
    }

    private void says(FailureCode expected, BlobKey key, ByteRange range) {
        try {
            BlobReads.range(store, key, range);
        } catch (PlatformException said) {
            if (said.code() == expected) {
                return;
            }
            throw said;
        }
        throw new Broken("bytes came from where there are none");
    }

    String listing() {
        TreeSet<String> put = new TreeSet<>();
        BlobPrefix folder = new BlobPrefix(scratch.value() + "listed/");
        for (int i = 0; i < LISTED; i++) {
            BlobKey key = folder.child(i % 3 + "/" + i);
            store.putIfAbsent(key, new byte[i]);
            put.add(key.value());
            List<String> seen = list(folder);
            if (seen.size() != put.size() || !put.equals(new TreeSet<>(seen))) {
                throw new Broken("after " + put.size() + " puts a listing has " + seen.size() + " names");
            }
        }
        TreeSet<String> folders = new TreeSet<>();
        try (BlobListing<String> listing = store.listFolders(folder)) {
            listing.forEachRemaining(folders::add);
        }
        if (!folders.equals(new TreeSet<>(List.of("0", "1", "2")))) {
            throw new Broken("folders are listed as " + folders);
        }
        return LISTED + " listings, each right after a put";
    }

    private List<String> list(BlobPrefix prefix) {
        List<String> names = new ArrayList<>();
        try (BlobListing<BlobEntry> listing = store.list(prefix)) {
            listing.forEachRemaining(entry -> names.add(entry.key().value()));
        }
        return names;
    }

    String clock() {
        BlobKey key = scratch.child("clock/now");
        Instant before = clock.instant();
        store.putIfAbsent(key, new byte[1]);
        Instant after = clock.instant();
        Instant stored;
        try (BlobListing<BlobEntry> listing = store.list(new BlobPrefix(scratch.value() + "clock/"))) {
            stored = listing.next().storedAt();
        }
        // A whole second is not a difference: stores cut times down to it.
        Duration off = stored.isBefore(before.minusSeconds(1))
                ? Duration.between(stored, before)
                : stored.isAfter(after) ? Duration.between(after, stored).negated() : Duration.ZERO;
        if (off.abs().compareTo(CLOCKS_APART) > 0) {
            throw new Broken("the store's clock is " + off.abs().toSeconds() + " s "
                    + (off.isNegative() ? "ahead" : "behind") + "; set this machine's with NTP");
        }
        return off.isZero()
                ? "no difference that a second shows"
                : off.abs().toSeconds() + " s " + (off.isNegative() ? "ahead" : "behind");
    }
}
