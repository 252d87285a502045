package io.walkback.checks;

import static io.walkback.checks.CheckResult.failed;
import static io.walkback.checks.CheckResult.ok;
import static io.walkback.checks.CheckResult.skipped;
import static io.walkback.checks.CheckResult.warning;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.postgres.connection.SlotStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Judges a server that answered. Pure.
final class ServerRules {
    /// A leap of this size moves point-in-time targets noticeably.
    private static final Duration CLOCK_WARNING = Duration.ofSeconds(5);
    /// design.md's limit for clocks that decide about retention (F45).
    private static final Duration CLOCK_LIMIT = Duration.ofMinutes(3);

    private static final int BLOCK_SIZE = 8192;
    private static final String RELOAD = "SELECT pg_reload_conf();";

    private final DatabaseRegistration registration;
    private final ServerView view;
    private final ServerFacts facts;

    ServerRules(DatabaseRegistration registration, ServerView view) {
        this.registration = registration;
        this.view = view;
        this.facts = view.facts();
    }

    List<CheckResult> judge() {
        return List.of(
                connection(),
                version(),
                role(),
                walLevel(),
                walsenders(),
                slot(),
                new ArchivingRules(registration, facts, view.archiver()).judge(),
                new SyncRules(registration, view.synchronous()).judge(),
                clock(),
                checksums(),
                extensions());
    }

    private CheckResult connection() {
        String system = facts.systemIdentifier().toString();
        if (registration.system() != null && !registration.system().equals(facts.systemIdentifier())) {
            return failed(
                    CheckId.CONNECTION,
                    FailureCode.SYSTEM_IDENTIFIER_MISMATCH,
                    "cluster " + system + " answers, and cluster " + registration.system() + " is registered",
                    "If the cluster was re-created or upgraded on purpose:\nwalkback databases adopt "
                            + registration.id() + " --system-identifier " + system);
        }
        if (facts.inRecovery()) {
            return warning(
                    CheckId.CONNECTION,
                    "cluster " + system + " answers and is a standby",
                    "Register the primary: its WAL is there first.");
        }
        if (Boolean.FALSE.equals(view.encrypted())
                && !isLocal(registration.connection().host())) {
            return warning(
                    CheckId.CONNECTION,
                    "cluster " + system + " answers, and the connection is not encrypted",
                    "Set ssl = on on the server, and register it with ?sslmode=verify-full&sslrootcert=/path/ca.pem.");
        }
        return ok(CheckId.CONNECTION, "cluster " + system + " answers");
    }

    private static boolean isLocal(String host) {
        return Set.of("localhost", "::1").contains(host) || host.startsWith("127.");
    }

    private CheckResult version() {
        String number = facts.major() + "." + facts.versionNumber() % 10_000;
        return facts.blockSize() == BLOCK_SIZE
                ? ok(CheckId.VERSION, "PostgreSQL " + number)
                : failed(
                        CheckId.VERSION,
                        FailureCode.NOT_SUPPORTED,
                        "PostgreSQL " + number + " with blocks of " + facts.blockSize() + " bytes",
                        "Walkback protects clusters with the usual blocks of 8192 bytes only.");
    }

    private CheckResult role() {
        ServerFacts.Role role = facts.role();
        if (!role.mayReplicate()) {
            return failed(
                    CheckId.ROLE,
                    FailureCode.POSTGRES_PRIVILEGE,
                    "role " + role.name() + " may not replicate",
                    "ALTER ROLE " + quoted(role.name()) + " REPLICATION;");
        }
        PlatformException refused = view.replication();
        if (refused != null && refused.code() == FailureCode.POSTGRES_AUTHENTICATION) {
            return failed(
                    CheckId.ROLE,
                    FailureCode.POSTGRES_AUTHENTICATION,
                    "role " + role.name() + " may replicate, and the server lets no replication connection in: "
                            + refused.text(),
                    "Add to pg_hba.conf:\nhost replication " + quoted(role.name())
                            + " samehost scram-sha-256   # or the address of the backup-worker instead of samehost\n"
                            + RELOAD);
        }
        if (!role.monitor()) {
            return warning(
                    CheckId.ROLE,
                    "role " + role.name() + " may replicate, and cannot see other sessions and every setting",
                    "GRANT pg_monitor TO " + quoted(role.name()) + ";");
        }
        return ok(
                CheckId.ROLE, "role " + role.name() + (role.superuser() ? ", superuser" : ", replication, pg_monitor"));
    }

    private CheckResult walLevel() {
        return facts.walLevel().equals("minimal")
                ? failed(
                        CheckId.WAL_LEVEL,
                        FailureCode.POSTGRES_SETTING,
                        "wal_level is minimal, so there is no WAL to recover from",
                        "ALTER SYSTEM SET wal_level = 'replica';\n" + walsendersAtLeast(2)
                                + "\nThen restart the server.")
                : ok(CheckId.WAL_LEVEL, "wal_level is " + facts.walLevel());
    }

    /// One for a base backup, and one for each receiver that has none yet: two where there is a tail.
    private CheckResult walsenders() {
        boolean receiving = view.slot().filter(slot -> slot.activePid() != 0).isPresent();
        int there = Math.max(receiving ? 1 : 0, view.synchronous().receivers());
        int receivers =
                registration.policy().hasTail() ? 2 : registration.policy().streamWal() ? 1 : 0;
        int wanted = 1 + Math.max(0, receivers - there);
        // Without pg_monitor others' are invisible; that one could be opened is then all that is known.
        int free = facts.maxWalSenders() - facts.walSenders();
        String seen = facts.walSenders() + " of " + facts.maxWalSenders() + " walsenders are in use";
        PlatformException refused = view.replication();
        if (refused != null
                && refused.code() != FailureCode.POSTGRES_AUTHENTICATION
                && facts.role().mayReplicate()) {
            return failed(
                    CheckId.WALSENDERS,
                    refused.code(),
                    seen + ", and none could be opened: " + refused.text(),
                    raiseWalsenders(wanted));
        }
        if (free < wanted) {
            return failed(
                    CheckId.WALSENDERS,
                    FailureCode.POSTGRES_SLOTS,
                    seen + ", and a backup"
                            + (wanted > 2
                                    ? " with both WAL receivers needs "
                                    : wanted > 1 ? " with the WAL receiver needs " : " needs ")
                            + wanted + " more",
                    raiseWalsenders(wanted));
        }
        if (refused != null) {
            return skipped(CheckId.WALSENDERS, "no replication connection, see role");
        }
        return ok(CheckId.WALSENDERS, seen);
    }

    private String raiseWalsenders(int wanted) {
        return walsendersAtLeast(facts.walSenders() + wanted)
                + "\nThen restart the server; or end walsenders that nobody"
                + " needs: SELECT pid, application_name, client_addr FROM pg_stat_replication;";
    }

    private String walsendersAtLeast(int needed) {
        return "ALTER SYSTEM SET max_wal_senders = " + Math.max(10, Math.max(needed, facts.maxWalSenders())) + ";";
    }

    private CheckResult slot() {
        String name = registration.id().slotName();
        if (!registration.policy().streamWal()) {
            // Nobody drops it by itself: it may be wanted back, and until then it keeps WAL (pitfall 18).
            return view.slot().isPresent()
                    ? warning(
                            CheckId.SLOT,
                            "the policy streams no WAL, and slot " + name + " keeps "
                                    + view.slot().get().retainedBytes() + " bytes of it",
                            "SELECT pg_drop_replication_slot('" + name + "');")
                    : skipped(CheckId.SLOT, "the policy streams no WAL, so no slot is kept");
        }
        if (view.slot().isEmpty()) {
            return facts.replicationSlots() < facts.maxReplicationSlots()
                    ? unlimited("slot " + name + " is not there yet and will be made; "
                            + (facts.maxReplicationSlots() - facts.replicationSlots()) + " are free")
                    : failed(
                            CheckId.SLOT,
                            FailureCode.POSTGRES_SLOTS,
                            "all " + facts.maxReplicationSlots() + " replication slots are taken",
                            "ALTER SYSTEM SET max_replication_slots = "
                                    + Math.max(10, facts.maxReplicationSlots() + 2)
                                    + ";\n"
                                    + "Then restart the server; or drop one that nobody reads: SELECT slot_name,"
                                    + " active FROM pg_replication_slots;");
        }
        SlotStatus slot = view.slot().get();
        if (slot.lost()) {
            return failed(
                    CheckId.SLOT,
                    FailureCode.WAL_SLOT_LOST,
                    "slot " + name + " is lost: the WAL it should have kept is gone",
                    "SELECT pg_drop_replication_slot('" + name + "');\nThen take a base backup: walkback backup create"
                            + " --database " + registration.id());
        }
        if (slot.walStatus().equals("unreserved")) {
            return warning(
                    CheckId.SLOT,
                    "slot " + name + " is about to be lost, it keeps " + slot.retainedBytes() + " bytes",
                    "ALTER SYSTEM SET max_slot_wal_keep_size = '-1';\n" + RELOAD
                            + "\nSet it back once the receiver has caught up.");
        }
        return unlimited("slot " + name + " keeps " + slot.retainedBytes() + " bytes, "
                + (slot.activePid() == 0 ? "nobody reads it" : "its receiver is connected"));
    }

    /// A receiver that stays away must not fill the server's disk (pitfall 18).
    private CheckResult unlimited(String seen) {
        return facts.slotWalLimitMegabytes() < 0
                ? warning(
                        CheckId.SLOT,
                        seen + "; max_slot_wal_keep_size is unlimited, so a receiver that stays away fills the disk",
                        "ALTER SYSTEM SET max_slot_wal_keep_size = '64GB';   -- less than the disk has free\n" + RELOAD)
                : ok(CheckId.SLOT, seen);
    }

    private CheckResult clock() {
        Duration off = view.skew().abs();
        String seen = "the server's clock is " + text(off) + (view.skew().isNegative() ? " behind" : " ahead");
        String remedy = "Run a time service (chrony, systemd-timesyncd) on both hosts.";
        if (off.compareTo(CLOCK_LIMIT) > 0) {
            return failed(CheckId.CLOCK, FailureCode.CONFIGURATION, seen, remedy);
        }
        return off.compareTo(CLOCK_WARNING) > 0
                ? warning(CheckId.CLOCK, seen, remedy)
                : ok(CheckId.CLOCK, off.isZero() ? "the clocks agree" : seen);
    }

    private static String text(Duration off) {
        return off.toSeconds() > 0 ? off.toSeconds() + " s" : off.toMillis() + " ms";
    }

    private CheckResult checksums() {
        return facts.dataChecksums()
                ? ok(CheckId.CHECKSUMS, "data_checksums is on")
                : warning(
                        CheckId.CHECKSUMS,
                        "data_checksums is off, so damaged pages go into backups unnoticed",
                        "Stop the server, then: pg_checksums --enable --progress -D <data directory>");
    }

    private CheckResult extensions() {
        String seen = facts.extensions().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(extension -> extension.getKey() + " " + extension.getValue())
                .collect(Collectors.joining(", "));
        String preloaded = facts.preloadedLibraries().isEmpty()
                ? ""
                : "; preloaded, and needed where it is restored: " + String.join(", ", facts.preloadedLibraries());
        return view.amcheck()
                ? ok(CheckId.EXTENSIONS, seen + preloaded)
                : warning(
                        CheckId.EXTENSIONS,
                        seen + preloaded + "; amcheck is not available, so restored copies cannot be proven",
                        "Install the server's contrib package (postgresql-contrib).");
    }

    private static String quoted(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }
}
