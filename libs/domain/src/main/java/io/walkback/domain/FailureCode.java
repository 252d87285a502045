package io.walkback.domain;

/// What went wrong, as events, metrics, problem details and runbooks name it. A name is never reused for something
/// else and never renamed: dashboards and pages rely on it.
public enum FailureCode {
    // Requests
    REQUEST_INVALID("a command or request that cannot be understood"),
    REQUEST_STALE("a command that waited longer than it may before it was seen"),
    REQUEST_CONFLICT("the same id with other content"),
    APPROVAL_REQUIRED("a destructive command without a recorded approval"),
    NOT_SUPPORTED("this version does not do that yet"),
    DATABASE_UNKNOWN("no database is registered under this name"),
    BACKUP_UNKNOWN("no backup has this id"),
    OPERATION_UNKNOWN("no operation has this id"),

    // PostgreSQL
    POSTGRES_UNREACHABLE("the server did not answer"),
    POSTGRES_AUTHENTICATION("the server refused the credentials"),
    POSTGRES_PRIVILEGE("the role may not do this"),
    POSTGRES_SETTING("a server setting stands in the way"),
    POSTGRES_VERSION("this major version is not supported"),
    POSTGRES_CONNECTION_LOST("the connection ended in the middle of the work"),
    POSTGRES_PROTOCOL("the server said something unexpected"),
    POSTGRES_SLOTS("no replication slot or walsender is free"),
    SYSTEM_IDENTIFIER_MISMATCH("another cluster answers under this name"),
    TIMELINE_CHANGED("the server switched timelines in the middle of the work"),
    PAGE_CHECKSUM("a relation page does not match its checksum"),
    CLIENT_PROGRAMS("no pg_dump here that is as new as the server"),
    DUMP_INCOMPLETE("a dump lacks relations that the dbname has"),

    // WAL
    WAL_CONFLICT("a wal segment with this name but other content is in the repository"),
    WAL_INVALID("bytes that are not the wal they claim to be"),
    WAL_GAP("wal is missing between two positions"),
    WAL_SLOT_LOST("the replication slot or the wal behind it is gone"),

    // Repository
    STORE_UNAVAILABLE("the store did not answer or refused for now"),
    STORE_ACCESS("the store refused the credentials or the permission"),
    STORE_FULL("no space left in the store"),
    STORE_MISSING("there is no repository at this address"),
    CATALOG_MISMATCH("the catalog and the repository do not tell the same of a backup"),
    STORE_LAYOUT("the store holds something that this version does not understand"),
    OBJECT_MISSING("an object that must be there is not"),
    OBJECT_CORRUPT("an object that does not match its digest"),
    OBJECT_OVERWRITTEN("somebody put other bytes under the name of an object"),
    OBJECT_HIDDEN("somebody deleted an object whose version is still there"),
    OBJECT_UNLOCKED("an object's lock is missing or shorter than promised"),
    KEY_UNAVAILABLE("an encryption key cannot be had"),

    // Restore
    TARGET_UNREACHABLE("no kept backup and wal lead to the recovery target"),
    TARGET_NOT_EMPTY("the directory to restore into is in use"),
    TARGET_SPACE("not enough space in the target directory"),
    PLAN_CHANGED("the plan is not the one whose digest was given"),
    PUT_BACK("a restore in place was cut off, and the old state is in its place again"),
    HOOK_FAILED("a program of the hooks folder failed or may not be run"),
    RECOVERY_FAILED("PostgreSQL did not reach the recovery target"),
    RESTORE_DIFFERS("a restored dbname does not have the objects of its dump"),
    SERVER_BINARIES("no server binaries of the right major version"),

    // Platform
    BROKER_UNAVAILABLE("Kafka did not answer"),
    REGISTRY_UNAVAILABLE("the schema registry did not answer"),
    SCHEMA_INCOMPATIBLE("the registry and this build disagree about a schema"),
    RECORD_UNREADABLE("a record that cannot be decoded"),
    LOG_TRUNCATED("the operation log begins after the newest snapshot of it"),
    RECORD_TOO_LARGE("a record larger than its topic accepts"),
    TOPIC_MISCONFIGURED("a topic exists with settings that would lose data"),
    LEASE_LOST("the worker stopped renewing its claim"),
    ATTEMPTS_EXHAUSTED("every attempt that the policy allows failed"),
    CLOCK_SKEW("clocks differ too much to say what is old"),
    CANCELLED("a person cancelled it"),
    PROCESS_FAILED("a program that Walkback started failed"),
    API_UNREACHABLE("scheduler-service did not answer"),
    API_AUTHENTICATION("scheduler-service does not accept who is asking"),
    API_UNEXPECTED("an answer that is not the API's"),
    WAIT_EXPIRED("the operation was not over when the wait for it ended"),
    CONFIGURATION("a setting that cannot be used"),
    INTERNAL("a fault in Walkback itself"),
    UNKNOWN("a code that a newer version wrote and this one does not know");

    private final String meaning;

    FailureCode(String meaning) {
        this.meaning = meaning;
    }

    /// One line for documentation and problem details, lower case, without a full stop.
    public String meaning() {
        return meaning;
    }
}
