package io.walkback.restore.sandbox;

import io.walkback.restore.replay.ServerTerms;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The settings that make a server a scratch server.
final class SandboxSettings {
    private static final int EVENT_TRIGGERS_SINCE = 17;

    private SandboxSettings() {}

    /// While it replays: durable as a real restore is, since it is timed.
    ///
    /// @param folders all that it may write
    static ServerTerms replaying(List<Path> folders) {
        return new ServerTerms(common(), folders);
    }

    /// Once it is recovered: nobody needs it after a crash.
    static ServerTerms open(List<Path> folders) {
        Map<String, String> overrides = common();
        overrides.put("restore_command", "");
        overrides.put("fsync", "off");
        overrides.put("full_page_writes", "off");
        overrides.put("synchronous_commit", "off");
        return new ServerTerms(overrides, folders);
    }

    /// Libraries are let in by nobody: replay needs none but those that define a resource manager of their own, and
    /// PostgreSQL stops at a record of one that is missing.
    private static Map<String, String> common() {
        Map<String, String> overrides = new LinkedHashMap<>();
        overrides.put("shared_preload_libraries", "");
        overrides.put("session_preload_libraries", "");
        overrides.put("local_preload_libraries", "");
        overrides.put("archive_command", "");
        overrides.put("archive_library", "");
        overrides.put("archive_cleanup_command", "");
        overrides.put("recovery_end_command", "");
        overrides.put("primary_conninfo", "");
        overrides.put("primary_slot_name", "");
        overrides.put("max_wal_senders", "0");
        overrides.put("jit", "off");
        overrides.put("autovacuum", "off");
        overrides.put("cluster_name", "walkback drill");
        // The source's memory may be more than this host has.
        overrides.put("huge_pages", "off");
        overrides.put("shared_buffers", "256MB");
        // Damage is found, and not zeroed, passed over or written anew with a checksum that fits.
        overrides.put("zero_damaged_pages", "off");
        overrides.put("ignore_checksum_failure", "off");
        overrides.put("ignore_invalid_pages", "off");
        overrides.put("ignore_system_indexes", "off");
        overrides.put("default_transaction_read_only", "off");
        // What other hosts may lack, or have with other names.
        overrides.put("unix_socket_group", "");
        overrides.put("bonjour", "off");
        overrides.put("min_dynamic_shared_memory", "0");
        overrides.put("log_min_messages", "warning");
        // The end of the log goes into messages: no statement and no row belongs there (P11).
        overrides.put("log_statement", "none");
        overrides.put("log_min_duration_statement", "-1");
        overrides.put("log_min_error_statement", "panic");
        overrides.put("log_error_verbosity", "terse");
        return overrides;
    }

    /// What each connection of ours begins with, so that no setting of a role or a dbname takes effect before.
    static Map<String, String> session(int major) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("role", "none");
        settings.put("session_preload_libraries", "");
        settings.put("local_preload_libraries", "");
        settings.put("search_path", "pg_catalog");
        settings.put("jit", "off");
        settings.put("default_transaction_read_only", "off");
        settings.put("statement_timeout", "0");
        settings.put("lock_timeout", "0");
        settings.put("idle_in_transaction_session_timeout", "0");
        settings.put("idle_session_timeout", "0");
        settings.put("zero_damaged_pages", "off");
        settings.put("ignore_checksum_failure", "off");
        if (major >= EVENT_TRIGGERS_SINCE) {
            settings.put("event_triggers", "off");
            settings.put("transaction_timeout", "0");
        }
        return settings;
    }
}
