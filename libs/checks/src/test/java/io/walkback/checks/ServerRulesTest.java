package io.walkback.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.WalDurability;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.postgres.connection.SlotStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerRulesTest {
    private static final SystemIdentifier SYSTEM = new SystemIdentifier(7_412_345_678_901_234_567L);
    private static final SlotStatus READ = new SlotStatus(42, new Lsn(1), "reserved", 1 << 30, 100);

    /// A server on which everything is well; each test spoils one thing.
    private static final class Server {
        private String host = "10.0.0.5";
        private @Nullable SystemIdentifier registered = SYSTEM;
        private boolean streamWal = true;
        private boolean pushWal;
        private long waiting;
        private String archiveCommand = "cp %p /somewhere/%f";
        private int archiveTimeout = 300;
        private boolean standby;
        private String walLevel = "replica";
        private int walSenders = 1;
        private int maxSlots = 10;
        private String archiveMode = "off";
        private boolean checksums = true;
        private int blockSize = 8192;
        private ServerFacts.Role role = new ServerFacts.Role("walkback", true, false, true);
        private int slotLimit = 65_536;
        private @Nullable SlotStatus slot = READ;
        private Duration skew = Duration.ZERO;
        private boolean archiverFails;
        private String standbyNames = "";
        private String synchronousCommit = "on";
        private int receivers = 1;
        private boolean tail;
        private boolean amcheck = true;
        private boolean encrypted = true;
        private @Nullable PlatformException refused;

        CheckResult check(CheckId id) {
            BackupPolicy policy = new BackupPolicy(
                    true, "0 0 2 * * *", ZoneId.of("UTC"), 3, false, 0, streamWal, Duration.ofDays(30), 3);
            DatabaseRegistration registration = new DatabaseRegistration(
                    new DatabaseId("shop"),
                    new Connection(host, 5432, "shop", "walkback", null, "prefer", null),
                    registered,
                    pushWal ? policy.pushed() : tail ? policy.durable(WalDurability.KAFKA_TAIL) : policy,
                    Map.of());
            ServerFacts facts = new ServerFacts(
                    150_018,
                    SYSTEM,
                    standby,
                    walLevel,
                    10,
                    walSenders,
                    maxSlots,
                    1,
                    archiveMode,
                    checksums,
                    16 << 20,
                    blockSize,
                    role,
                    Instant.EPOCH,
                    slotLimit,
                    List.of("pg_stat_statements"),
                    List.of(),
                    Map.of("plpgsql", "1.0"));
            ServerView view = new ServerView(
                    facts,
                    Optional.ofNullable(slot),
                    skew,
                    new ServerView.Archiver(archiverFails, 7, waiting, archiveCommand, archiveTimeout),
                    new ServerView.Synchronous(standbyNames, synchronousCommit, receivers),
                    amcheck,
                    encrypted,
                    refused);
            List<CheckResult> results = new ServerRules(registration, view).judge();
            assertThat(results).extracting(CheckResult::id).doesNotHaveDuplicates();
            return results.stream()
                    .filter(result -> result.id() == id)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private final Server server = new Server();

    private static void assertIs(CheckResult result, CheckStatus status, @Nullable FailureCode code, String remedy) {
        assertThat(result.status()).as(result.toString()).isEqualTo(status);
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.remedy()).contains(remedy);
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECTION",
        "VERSION",
        "ROLE",
        "WAL_LEVEL",
        "WALSENDERS",
        "SLOT",
        "ARCHIVING",
        "SYNCHRONOUS",
        "CLOCK",
        "CHECKSUMS",
        "EXTENSIONS"
    })
    void findsNothingOnAServerThatIsAsItShouldBe(CheckId id) {
        CheckResult result = server.check(id);
        assertThat(result.status()).isEqualTo(CheckStatus.OK);
        assertThat(result.remedy()).isNull();
        assertThat(result.code()).isNull();
    }

    @Test // pitfall 8
    void refusesAnotherClusterUnderTheNameAndSaysHowToAdoptIt() {
        server.registered = new SystemIdentifier(1);
        assertIs(
                server.check(CheckId.CONNECTION),
                CheckStatus.FAILED,
                FailureCode.SYSTEM_IDENTIFIER_MISMATCH,
                "walkback databases adopt shop --system-identifier 7412345678901234567");
    }

    @Test
    void warnsOfAStandbyAndOfPlainText() {
        server.standby = true;
        assertIs(server.check(CheckId.CONNECTION), CheckStatus.WARNING, null, "primary");
        server.standby = false;
        server.encrypted = false;
        assertIs(server.check(CheckId.CONNECTION), CheckStatus.WARNING, null, "sslmode=verify-full");
        server.host = "127.0.0.1";
        assertThat(server.check(CheckId.CONNECTION).status()).isEqualTo(CheckStatus.OK);
    }

    @Test
    void refusesUnusualBlocks() {
        server.blockSize = 32_768;
        assertIs(server.check(CheckId.VERSION), CheckStatus.FAILED, FailureCode.NOT_SUPPORTED, "8192");
    }

    @Test
    void saysHowARoleGetsWhatItLacks() {
        server.role = new ServerFacts.Role("Walk back", false, false, true);
        assertIs(
                server.check(CheckId.ROLE),
                CheckStatus.FAILED,
                FailureCode.POSTGRES_PRIVILEGE,
                "ALTER ROLE \"Walk back\" REPLICATION;");
        server.role = new ServerFacts.Role("walkback", true, false, false);
        assertIs(server.check(CheckId.ROLE), CheckStatus.WARNING, null, "GRANT pg_monitor TO walkback;");
    }

    @Test
    void saysWhichLineOfPgHbaIsMissing() {
        server.refused = new OperatorActionException(FailureCode.POSTGRES_AUTHENTICATION, "no pg_hba.conf entry", "h");
        assertIs(
                server.check(CheckId.ROLE),
                CheckStatus.FAILED,
                FailureCode.POSTGRES_AUTHENTICATION,
                "host replication walkback");
        assertThat(server.check(CheckId.WALSENDERS).status()).isEqualTo(CheckStatus.SKIPPED);
    }

    @Test
    void refusesMinimalWal() {
        server.walLevel = "minimal";
        assertIs(
                server.check(CheckId.WAL_LEVEL),
                CheckStatus.FAILED,
                FailureCode.POSTGRES_SETTING,
                "ALTER SYSTEM SET wal_level = 'replica';");
    }

    @Test // design.md 6: one for the receiver, one for the backup
    void countsWalsendersForTheReceiverAndTheBackup() {
        server.slot = null;
        server.receivers = 0;
        server.walSenders = 8;
        assertThat(server.check(CheckId.WALSENDERS).status()).isEqualTo(CheckStatus.OK);
        server.walSenders = 9;
        assertIs(
                server.check(CheckId.WALSENDERS),
                CheckStatus.FAILED,
                FailureCode.POSTGRES_SLOTS,
                "max_wal_senders = 11;");
        server.slot = READ;
        assertThat(server.check(CheckId.WALSENDERS).status()).isEqualTo(CheckStatus.OK);
    }

    @Test // design.md 6: two for the receivers of a tail
    void countsWalsendersForBothReceiversOfATail() {
        server.tail = true;
        server.walSenders = 8;
        assertThat(server.check(CheckId.WALSENDERS).status()).isEqualTo(CheckStatus.OK);
        server.receivers = 0;
        server.slot = null;
        assertIs(
                server.check(CheckId.WALSENDERS),
                CheckStatus.FAILED,
                FailureCode.POSTGRES_SLOTS,
                "max_wal_senders = 11;");
        server.walSenders = 9;
        server.receivers = 2;
        assertThat(server.check(CheckId.WALSENDERS).status()).isEqualTo(CheckStatus.OK);
    }

    @Test
    void refusesToLetCommitsWaitForReceiversThatWillNeverConnect() {
        server.standbyNames = "ANY 1 (walkback_a, walkback_b)";
        assertIs(
                server.check(CheckId.SYNCHRONOUS),
                CheckStatus.FAILED,
                FailureCode.POSTGRES_SETTING,
                "walkback wal release-sync shop");
        server.standbyNames = "FIRST 2 (walkback_a, s1)";
        assertThat(server.check(CheckId.SYNCHRONOUS).status()).isEqualTo(CheckStatus.FAILED);
        server.standbyNames = "ANY 1 (walkback_a, s1)";
        assertThat(server.check(CheckId.SYNCHRONOUS).status()).isEqualTo(CheckStatus.WARNING);
        server.standbyNames = "s1";
        assertThat(server.check(CheckId.SYNCHRONOUS).status()).isEqualTo(CheckStatus.OK);
        server.standbyNames = "*";
        assertIs(server.check(CheckId.SYNCHRONOUS), CheckStatus.WARNING, null, "Name the standbys");
    }

    @Test
    void saysWhatATailLacksUntilNoCommitCanBeLost() {
        server.tail = true;
        assertIs(server.check(CheckId.SYNCHRONOUS), CheckStatus.WARNING, null, "ANY 1 (walkback_a, walkback_b)");
        server.standbyNames = "ANY 1 (walkback_a)";
        assertIs(server.check(CheckId.SYNCHRONOUS), CheckStatus.WARNING, null, "ANY 1 (walkback_a, walkback_b)");
        server.standbyNames = "ANY 1 (walkback_a, walkback_b)";
        assertThat(server.check(CheckId.SYNCHRONOUS).status()).isEqualTo(CheckStatus.OK);
        server.synchronousCommit = "local";
        assertIs(server.check(CheckId.SYNCHRONOUS), CheckStatus.WARNING, null, "synchronous_commit = 'on'");
        server.synchronousCommit = "remote_apply";
        assertIs(
                server.check(CheckId.SYNCHRONOUS),
                CheckStatus.FAILED,
                FailureCode.POSTGRES_SETTING,
                "synchronous_commit = 'on'");
    }

    @Test
    void tellsThatNoWalsenderCouldBeOpened() {
        server.refused = new RetryableException(FailureCode.POSTGRES_SLOTS, "too many", "h");
        assertIs(
                server.check(CheckId.WALSENDERS),
                CheckStatus.FAILED,
                FailureCode.POSTGRES_SLOTS,
                "ALTER SYSTEM SET max_wal_senders");
    }

    @Test // pitfall 18
    void judgesTheSlot() {
        server.slot = new SlotStatus(0, null, "lost", -1, 0);
        assertIs(
                server.check(CheckId.SLOT),
                CheckStatus.FAILED,
                FailureCode.WAL_SLOT_LOST,
                "SELECT pg_drop_replication_slot('walkback_shop');");
        server.slot = new SlotStatus(0, new Lsn(1), "unreserved", 0, 5);
        assertIs(server.check(CheckId.SLOT), CheckStatus.WARNING, null, "max_slot_wal_keep_size = '-1'");
        server.slot = READ;
        server.slotLimit = -1;
        assertIs(server.check(CheckId.SLOT), CheckStatus.WARNING, null, "max_slot_wal_keep_size = '64GB'");
        server.slot = null;
        server.maxSlots = 1;
        assertIs(
                server.check(CheckId.SLOT),
                CheckStatus.FAILED,
                FailureCode.POSTGRES_SLOTS,
                "max_replication_slots = 10");
        server.streamWal = false;
        assertThat(server.check(CheckId.SLOT).status()).isEqualTo(CheckStatus.SKIPPED);
        server.slot = READ;
        assertIs(
                server.check(CheckId.SLOT),
                CheckStatus.WARNING,
                null,
                "SELECT pg_drop_replication_slot('walkback_shop');");
    }

    @Test
    void judgesArchiving() {
        server.archiveMode = "on";
        assertThat(server.check(CheckId.ARCHIVING).seen()).contains("serves somebody else");
        server.archiverFails = true;
        assertIs(server.check(CheckId.ARCHIVING), CheckStatus.WARNING, null, "RESET archive_command");
        server.archiverFails = false;
        server.streamWal = false;
        assertIs(server.check(CheckId.ARCHIVING), CheckStatus.FAILED, FailureCode.WAL_GAP, "streamWal: true");
    }

    @Test // pitfall 13
    void judgesPushedWalByWhatWaitsAndNotOnlyByWhatFailed() {
        server.pushWal = true;
        server.slot = null;
        assertIs(
                server.check(CheckId.ARCHIVING),
                CheckStatus.FAILED,
                FailureCode.POSTGRES_SETTING,
                "Then restart the server.");
        server.archiveMode = "on";
        assertIs(
                server.check(CheckId.ARCHIVING),
                CheckStatus.FAILED,
                FailureCode.POSTGRES_SETTING,
                "walkback wal setup shop --apply");
        server.archiveCommand = "walkback-archive http://worker:8432/wal/shop /etc/walkback/shop.push \"%p\" \"%f\"";
        assertThat(server.check(CheckId.ARCHIVING).status()).isEqualTo(CheckStatus.OK);
        server.waiting = 9;
        assertIs(server.check(CheckId.ARCHIVING), CheckStatus.FAILED, FailureCode.WAL_GAP, "the server's log");
        server.waiting = 1;
        server.archiverFails = true;
        assertIs(server.check(CheckId.ARCHIVING), CheckStatus.FAILED, FailureCode.WAL_GAP, "the server's log");
        server.archiverFails = false;
        server.archiveTimeout = 0;
        assertIs(server.check(CheckId.ARCHIVING), CheckStatus.WARNING, null, "archive_timeout = '300'");
        assertThat(server.check(CheckId.SLOT).status()).isEqualTo(CheckStatus.SKIPPED);
    }

    @ParameterizedTest // F45
    @CsvSource({"5, OK", "-5, OK", "6, WARNING", "-6, WARNING", "180, WARNING", "181, FAILED", "-181, FAILED"})
    void judgesTheClock(int seconds, CheckStatus status) {
        server.skew = Duration.ofSeconds(seconds);
        assertThat(server.check(CheckId.CLOCK).status()).isEqualTo(status);
    }

    @Test
    void seesNoSkewWithinTheTimeThatTheQuestionTook() {
        Instant asked = Instant.parse("2026-11-22T07:00:00Z");
        Instant answered = asked.plusSeconds(3);
        assertThat(DatabaseCheck.skew(asked, asked.plusSeconds(2), answered)).isZero();
        assertThat(DatabaseCheck.skew(asked, asked.minusSeconds(2), answered)).isEqualTo(Duration.ofSeconds(-2));
        assertThat(DatabaseCheck.skew(asked, asked.plusSeconds(5), answered)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void warnsOfMissingChecksumsAndOfMissingAmcheck() {
        server.checksums = false;
        assertIs(server.check(CheckId.CHECKSUMS), CheckStatus.WARNING, null, "pg_checksums --enable");
        server.amcheck = false;
        assertIs(server.check(CheckId.EXTENSIONS), CheckStatus.WARNING, null, "contrib");
        assertThat(server.check(CheckId.EXTENSIONS).seen()).contains("plpgsql 1.0", "pg_stat_statements");
    }
}
