package io.walkback.alerting.rule;

import io.walkback.domain.FailureCode;

/// The pages in `docs/runbooks` that say what to do about a failure code, one per group of codes.
public enum FailureRunbook {
    REQUESTS("failures-request"),
    POSTGRES("failures-postgres"),
    WAL("failures-wal"),
    REPOSITORY("failures-repository"),
    RESTORE("failures-restore"),
    PLATFORM("failures-platform");

    private final String page;

    FailureRunbook(String page) {
        this.page = page;
    }

    /// File name without its suffix.
    public String page() {
        return page;
    }

    /// The page that describes `code`. A code that nobody has placed is looked for in the page about the platform,
    /// and a test fails until it is written there or placed here.
    public static FailureRunbook of(FailureCode code) {
        return switch (code) {
            case REQUEST_INVALID,
                    REQUEST_STALE,
                    REQUEST_CONFLICT,
                    APPROVAL_REQUIRED,
                    NOT_SUPPORTED,
                    DATABASE_UNKNOWN,
                    BACKUP_UNKNOWN,
                    OPERATION_UNKNOWN -> REQUESTS;
            case POSTGRES_UNREACHABLE,
                    POSTGRES_AUTHENTICATION,
                    POSTGRES_PRIVILEGE,
                    POSTGRES_SETTING,
                    POSTGRES_VERSION,
                    POSTGRES_CONNECTION_LOST,
                    POSTGRES_PROTOCOL,
                    POSTGRES_SLOTS,
                    SYSTEM_IDENTIFIER_MISMATCH,
                    TIMELINE_CHANGED,
                    PAGE_CHECKSUM,
                    CLIENT_PROGRAMS,
                    DUMP_INCOMPLETE -> POSTGRES;
            case WAL_CONFLICT, WAL_INVALID, WAL_GAP, WAL_SLOT_LOST -> WAL;
            case STORE_UNAVAILABLE,
                    STORE_ACCESS,
                    STORE_FULL,
                    STORE_MISSING,
                    CATALOG_MISMATCH,
                    STORE_LAYOUT,
                    OBJECT_MISSING,
                    OBJECT_CORRUPT,
                    OBJECT_OVERWRITTEN,
                    OBJECT_HIDDEN,
                    OBJECT_UNLOCKED,
                    KEY_UNAVAILABLE -> REPOSITORY;
            case TARGET_UNREACHABLE,
                    TARGET_NOT_EMPTY,
                    TARGET_SPACE,
                    PLAN_CHANGED,
                    PUT_BACK,
                    HOOK_FAILED,
                    RECOVERY_FAILED,
                    RESTORE_DIFFERS,
                    SERVER_BINARIES -> RESTORE;
            default -> PLATFORM;
        };
    }
}
