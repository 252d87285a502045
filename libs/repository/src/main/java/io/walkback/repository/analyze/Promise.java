package io.walkback.repository.analyze;

/// What is looked at. The first group is needed to keep backups at all; the second is good to know.
public enum Promise {
    WHOLE_OR_NOT_AT_ALL("nothing is visible before it is complete", true),
    CREATE_IF_ABSENT("a taken name is never changed", true),
    ONE_WINNER("of racing writers exactly one wins", true),
    SIZES("bytes come back as they were put, of all sizes", true),
    RANGES("a range is exactly its bytes", true),
    SAYS_WHAT_IS_MISSING("absent and cut blobs are said to be so", true),
    LISTING("a listing shows what was put, at once and once", true),
    DELETE("what is deleted is gone", true),
    LOCK("a locked blob cannot be deleted", true),
    CLOCK("the store's clock is this machine's", true),
    CHECKSUMS("damage on the way is refused", false),
    VERSIONING("overwritten and deleted bytes are kept", false),
    MFA_DELETE("a version can only be destroyed with a second factor", false),
    OBJECT_LOCK("blobs can be locked", false),
    LIFECYCLE("the store deletes and moves nothing by itself", false);

    private final String meaning;
    private final boolean needed;

    Promise(String meaning, boolean needed) {
        this.meaning = meaning;
        this.needed = needed;
    }

    public String meaning() {
        return meaning;
    }

    /// Whether a store that breaks it cannot be trusted with backups.
    public boolean isNeeded() {
        return needed;
    }
}
