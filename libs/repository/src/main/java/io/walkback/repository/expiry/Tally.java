package io.walkback.repository.expiry;

/// Objects, and their stored bytes.
public record Tally(long objects, long bytes) {
    public static final Tally NOTHING = new Tally(0, 0);

    Tally plus(long size) {
        return new Tally(objects + 1, bytes + size);
    }

    public Tally plus(Tally other) {
        return new Tally(objects + other.objects, bytes + other.bytes);
    }
}
