package io.walkback.cli;

import io.walkback.domain.FailureCode;

/// Exit codes, fixed for scripts.
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int PARTIAL = 3;
    static final int REPOSITORY_MISSING = 10;
    static final int LOCKED = 11;
    static final int AUTHENTICATION = 12;
    static final int INTEGRITY = 20;
    static final int TARGET_UNREACHABLE = 21;
    static final int APPROVAL_NEEDED = 30;
    static final int TEMPORARY = 75;
    static final int INTERRUPTED = 130;

    private ExitCode() {}

    /// The one table. Without a default, so that a new code does not compile until somebody decides about it.
    static int of(FailureCode code) {
        return switch (code) {
            case REQUEST_INVALID -> USAGE;
            case STORE_MISSING -> REPOSITORY_MISSING;
            case TARGET_NOT_EMPTY, REQUEST_CONFLICT -> LOCKED;
            case POSTGRES_AUTHENTICATION, KEY_UNAVAILABLE, STORE_ACCESS, API_AUTHENTICATION -> AUTHENTICATION;
            case OBJECT_MISSING,
                    OBJECT_CORRUPT,
                    OBJECT_OVERWRITTEN,
                    OBJECT_HIDDEN,
                    OBJECT_UNLOCKED,
                    PAGE_CHECKSUM,
                    WAL_CONFLICT,
                    WAL_INVALID,
                    SYSTEM_IDENTIFIER_MISMATCH,
                    CATALOG_MISMATCH,
                    DUMP_INCOMPLETE,
                    RESTORE_DIFFERS,
                    STORE_LAYOUT -> INTEGRITY;
            case TARGET_UNREACHABLE, WAL_GAP -> TARGET_UNREACHABLE;
            case APPROVAL_REQUIRED, PLAN_CHANGED -> APPROVAL_NEEDED;
            case POSTGRES_UNREACHABLE,
                    POSTGRES_CONNECTION_LOST,
                    POSTGRES_SLOTS,
                    STORE_UNAVAILABLE,
                    BROKER_UNAVAILABLE,
                    REGISTRY_UNAVAILABLE,
                    LEASE_LOST,
                    API_UNREACHABLE,
                    WAIT_EXPIRED -> TEMPORARY;
            case REQUEST_STALE,
                    NOT_SUPPORTED,
                    DATABASE_UNKNOWN,
                    BACKUP_UNKNOWN,
                    OPERATION_UNKNOWN,
                    POSTGRES_PRIVILEGE,
                    POSTGRES_SETTING,
                    POSTGRES_VERSION,
                    POSTGRES_PROTOCOL,
                    TIMELINE_CHANGED,
                    WAL_SLOT_LOST,
                    STORE_FULL,
                    TARGET_SPACE,
                    RECOVERY_FAILED,
                    SERVER_BINARIES,
                    PUT_BACK,
                    HOOK_FAILED,
                    CLIENT_PROGRAMS,
                    SCHEMA_INCOMPATIBLE,
                    RECORD_UNREADABLE,
                    LOG_TRUNCATED,
                    RECORD_TOO_LARGE,
                    TOPIC_MISCONFIGURED,
                    ATTEMPTS_EXHAUSTED,
                    CLOCK_SKEW,
                    CANCELLED,
                    PROCESS_FAILED,
                    API_UNEXPECTED,
                    CONFIGURATION,
                    INTERNAL,
                    UNKNOWN -> FAILED;
        };
    }
}
