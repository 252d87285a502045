package io.walkback.scheduler.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.Immutability;
import io.walkback.domain.database.SecretReference;
import io.walkback.domain.retention.KeepRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DatabasesFileTest {
    private final DatabasesFile file = new DatabasesFile(Path.of("walkback.yml"), Duration.ofDays(14));

    @Test
    void readsDatabasesWithTheirPolicies() {
        // When
        List<DatabaseRegistration> read = file.parse("""
            policies:
              hourly: {cron: "0 15 * * * *", zone: UTC, maxAttempts: 5, checkpoint: spread, retention: 36h,
                       maxRateKilobytes: 4096, streamWal: false, compressionLevel: 9, enabled: false}
            databases:
              shop:
                host: 10.0.0.5
                port: 5433
                user: walkback
                dbname: orders
                passwordRef: env:SHOP_PASSWORD
                sslMode: verify-full
                sslRootCertificate: /etc/ca.pem
                labels: {region: eu}
                policy: hourly
              plain: {host: db, user: walkback}
            """);
        // Then
        assertThat(read).hasSize(2);
        DatabaseRegistration shop = read.getFirst();
        assertThat(shop.connection().port()).isEqualTo(5433);
        assertThat(shop.connection().dbname()).isEqualTo("orders");
        assertThat(shop.connection().password()).isEqualTo(new SecretReference.InEnvironment("SHOP_PASSWORD"));
        assertThat(shop.connection().sslMode()).isEqualTo("verify-full");
        assertThat(shop.connection().sslRootCertificate()).isEqualTo("/etc/ca.pem");
        assertThat(shop.labels()).containsEntry("region", "eu");
        assertThat(shop.policy().cron()).isEqualTo("0 15 * * * *");
        assertThat(shop.policy().zone().getId()).isEqualTo("UTC");
        assertThat(shop.policy().maxAttempts()).isEqualTo(5);
        assertThat(shop.policy().spreadCheckpoint()).isTrue();
        assertThat(shop.policy().retention()).isEqualTo(Duration.ofHours(36));
        assertThat(shop.policy().maxRateKilobytes()).isEqualTo(4096);
        assertThat(shop.policy().streamWal()).isFalse();
        assertThat(shop.policy().compressionLevel()).isEqualTo(9);
        assertThat(shop.policy().enabled()).isFalse();
        DatabaseRegistration plain = read.getLast();
        assertThat(plain.policy()).isEqualTo(DatabasesFile.withRetention(Duration.ofDays(14)));
        assertThat(plain.connection().port()).isEqualTo(5432);
    }

    @Test // pitfall 77
    void readsEveryKeyOfRetention() {
        // When
        BackupPolicy policy = file.parsePolicy("""
            {retention: 7d, keepCount: 3, keepAge: 60d, keepDaily: 7, keepWeekly: 4, keepMonthly: 12, keepYearly: 5,
             minimumRedundancy: 4, minimumAge: 36h, walRetention: 10d}
            """);
        // Then
        assertThat(policy.retention()).isEqualTo(Duration.ofDays(7));
        assertThat(policy.keep())
                .isEqualTo(new KeepRules(
                        3, Duration.ofDays(60), 7, 4, 12, 5, 4, Duration.ofHours(36), Duration.ofDays(10)));
        assertThat(file.parsePolicy("{keepAge: none}").keep()).isEqualTo(KeepRules.DEFAULT);
        assertThat(file.parsePolicy("").retention()).isEqualTo(Duration.ofDays(14));
    }

    @Test
    void readsInHowManyPlacesBackupsAreToBe() {
        assertThat(file.parsePolicy("{copies: 2}").copies()).isEqualTo(2);
        assertThat(file.parsePolicy("").copies()).isEqualTo(1);
        assertThat(file.parsePolicy("").wantsCopy()).isFalse();
    }

    @Test
    void readsHowWhatIsStoredIsLocked() {
        assertThat(file.parsePolicy("{immutability: compliance 35d}").immutability())
                .isEqualTo(new Immutability(Immutability.LockMode.COMPLIANCE, 35));
        assertThat(file.parsePolicy("{immutability: none}").immutability()).isEqualTo(Immutability.NONE);
        assertThat(file.parsePolicy("").immutability()).isEqualTo(Immutability.NONE);
    }

    @Test
    void readsAnEmptyFileAsNoDatabases() {
        assertThat(file.parse("")).isEmpty();
        assertThat(file.parse("databases:")).isEmpty();
    }

    static Stream<Arguments> unusable() {
        return Stream.of(
                Arguments.of("databases:\n  shop: {host: a, user: b, hots: c}", "line 2", "'hots' is not known"),
                Arguments.of("policies:\n  a: {keepHourly: 3}", "line 2", "'keepHourly' is not known"),
                Arguments.of("policies:\n  a: {minimumRedundancy: 0}", "line 2", "minimumRedundancy is 1 to 10000"),
                Arguments.of("databases:\n  shop: {user: b}", "line 2", "has no 'host'"),
                Arguments.of("databases:\n  shop:\n    host: a\n    user: b\n    port: x", "line 5", "port"),
                Arguments.of(
                        "databases:\n  shop:\n    host: a\n    user: b\n    policy: night",
                        "line 3",
                        "not in 'policies'"),
                Arguments.of("databases:\n  Shop: {host: a, user: b}", "line 2", "a database is named"),
                Arguments.of("policies:\n  p:\n    cron: nightly", "line 3", "six fields"),
                Arguments.of("policies:\n  p:\n    cron: '* * * * * *'", "line 3", "names the second"),
                Arguments.of("policies:\n  p:\n    retention: 30", "line 3", "with d or h"),
                Arguments.of("policies:\n  p:\n    enabled: yes", "line 3", "true or false"),
                Arguments.of("policies:\n  p:\n    checkpoint: slow", "line 3", "fast or spread"),
                Arguments.of("policies:\n  p:\n    zone: Mars", "line 3", "not a zone"),
                Arguments.of("policies:\n  p: {immutability: 35d}", "line 2", "governance 35d"),
                Arguments.of("policies:\n  p: {copies: 3}", "line 2", "copies is 1 or 2"),
                Arguments.of("policies:\n  p: {maxAttempts: 99}", "line 2", "1 to 10"),
                Arguments.of("policies:\n  p: {cron: [a]}", "line 2", "plain text"),
                Arguments.of("databases:\n  shop: text", "line 2", "a mapping"),
                Arguments.of("databases: {}\ndatabases: {}", "line 2", "twice"),
                Arguments.of("databases: {", "line", "walkback.yml"));
    }

    @ParameterizedTest // pitfall 77
    @MethodSource("unusable")
    void refusesWhatItDoesNotKnowWithItsLine(String text, String line, String what) {
        assertThatThrownBy(() -> file.parse(text))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.code())
                        .isEqualTo(FailureCode.CONFIGURATION))
                .hasMessageContaining(line)
                .hasMessageContaining(what);
    }

    @Test // P11
    void neverRepeatsASecretThatWasPutWhereAReferenceBelongs() {
        assertThatThrownBy(() -> file.parse("databases:\n  shop: {host: a, user: b, passwordRef: hunter2}"))
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void saysThatTheFileIsMissing() {
        assertThatThrownBy(new DatabasesFile(Path.of("/nowhere/x.yml"), Duration.ofDays(1))::text)
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("/nowhere/x.yml");
    }
}
