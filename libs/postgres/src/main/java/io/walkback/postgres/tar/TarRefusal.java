package io.walkback.postgres.tar;

/// Why a header is not acceptable, before [TarReader] adds the archive. Never leaves this package.
final class TarRefusal extends RuntimeException {
    private final String entry;
    private final String why;

    TarRefusal(String entry, String why) {
        super(why);
        this.entry = entry;
        this.why = why;
    }

    /// The entry's name as far as it could be read.
    String entry() {
        return entry;
    }

    String why() {
        return why;
    }
}
