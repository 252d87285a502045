package io.walkback.repository.manifest;

/// What a file is to the repository. The numbers are part of the format and never reused.
public enum FileKind {
    OTHER(0),
    /// A relation's fork: whole 8 kB pages.
    RELATION(1),
    /// The server's own `backup_manifest`, byte for byte.
    SERVER_MANIFEST(2);

    private final int number;

    FileKind(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
