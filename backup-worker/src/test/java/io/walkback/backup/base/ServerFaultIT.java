package io.walkback.backup.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.operation.Facts;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.TestAttempts;
import io.walkback.postgres.replication.ReplicationConnection;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// F33, F36, F40: servers that die, are others than they should be, or let nobody in.
class ServerFaultIT extends BaseBackupCase {
    @Test // F33, P2, pitfall 24
    void f33AServerThatIsKilledInMidBackupLeavesNothingToSee() throws Exception {
        try (Cluster cluster = start(15).policy(BaseBackupCase::slow)) {
            // Given
            cluster.execute("CREATE TABLE t AS SELECT g AS id, md5(g::text) AS t FROM generate_series(1, 200000) g");
            Attempt attempt = attempt(FIRST);
            CompletableFuture<AttemptHandler.Result> result = running(handler(cluster.registration()), attempt);
            await().atMost(Cluster.PATIENCE).until(() -> TestAttempts.bytesDone(attempt) > 1 << 20);
            // When
            cluster.server.kill();
            // Then
            assertThatThrownBy(() -> result.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(RetryableException.class, fault -> assertThat(fault.code())
                            .isEqualTo(FailureCode.POSTGRES_CONNECTION_LOST));
            assertThat(store.lineage().backups()).isEmpty();
            try (var spools = Files.list(directory.resolve("work"))) {
                assertThat(spools).isEmpty();
            }
            cluster.server.start();
            assertThat(backUp(cluster.policy(_ -> BackupPolicy.DEFAULT).registration(), FIRST)
                            .backup())
                    .isEqualTo(FIRST);
        }
    }

    @Test // F36
    void f36AnotherClusterUnderTheNameIsRefusedUntilItIsAdopted() throws Exception {
        Files.createDirectory(directory.resolve("one"));
        Files.createDirectory(directory.resolve("two"));
        try (Cluster first = Cluster.start(15, directory.resolve("one"), config -> config);
                Cluster other = Cluster.stranger(15, directory.resolve("two"))) {
            // Given
            Facts.BackedUp facts = backUp(first.registration(), FIRST);
            // When
            assertRefused(other.registration(), FailureCode.SYSTEM_IDENTIFIER_MISMATCH, false);
            SystemIdentifier system =
                    SystemIdentifier.parse(other.query("SELECT system_identifier FROM pg_control_system()"));
            DatabaseRegistration plain = other.registration();
            Facts.BackedUp adopted = backUp(
                    new DatabaseRegistration(plain.id(), plain.connection(), system, plain.policy(), Map.of()), SECOND);
            // Then
            assertThat(adopted.system()).isEqualTo(system).isNotEqualTo(facts.system());
            assertThat(store.repository.systems(Cluster.SHOP)).containsExactly(facts.system(), system);
        }
    }

    @Test // F40
    void f40WhatStandsInTheWayIsNamedWithItsStateAndTheOthersAreNotAffected() throws Exception {
        try (Cluster cluster = Cluster.start(15, directory, config -> config.withSetting("max_wal_senders", "2")
                .withSetting("wal_keep_size", "0"))) {
            // Given
            cluster.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'");
            DatabaseRegistration good = cluster.registration();
            // Then
            assertThat(assertRefused(
                            cluster.registration("walkback", "wrong"), FailureCode.POSTGRES_AUTHENTICATION, false))
                    .contains("(SQLSTATE 28P01)");
            assertRefused(cluster.registration("plain", "plain"), FailureCode.POSTGRES_PRIVILEGE, false);
            assertRefused(
                    new DatabaseRegistration(
                            good.id(), good.connection(), new SystemIdentifier(42), good.policy(), Map.of()),
                    FailureCode.SYSTEM_IDENTIFIER_MISMATCH,
                    false);
            try (ReplicationConnection _ = Cluster.access().replication(good, "holds a walsender");
                    ReplicationConnection _ = Cluster.access().replication(good, "holds the other one")) {
                assertThat(assertRefused(good, FailureCode.POSTGRES_SLOTS, true))
                        .contains("(SQLSTATE 53300)");
            }
            await().atMost(Cluster.PATIENCE).until(() -> cluster.query("SELECT count(*) FROM pg_stat_replication")
                    .equals("0"));
            assertThat(backUp(good, FIRST).backup()).isEqualTo(FIRST);
            cluster.server.stop();
            assertThat(assertRefused(good, FailureCode.POSTGRES_UNREACHABLE, true))
                    .contains("(SQLSTATE 08001)");
        }
    }

    @Test
    void aServerWithWalLevelMinimalIsRefused() throws Exception {
        try (Cluster cluster = Cluster.start(15, directory, config -> config.withSetting("wal_level", "minimal")
                .withSetting("max_wal_senders", "0"))) {
            assertRefused(cluster.registration(), FailureCode.POSTGRES_SETTING, false);
        }
    }

    /// Returns what it was told.
    private String assertRefused(DatabaseRegistration registration, FailureCode code, boolean retryable) {
        List<Object> seen = new ArrayList<>();
        List<String> said = new ArrayList<>();
        assertThatThrownBy(() -> seen.add(backUp(registration, new BackupId("refused"))))
                .isInstanceOf(retryable ? RetryableException.class : OperatorActionException.class)
                .isInstanceOfSatisfying(PlatformException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(code);
                    said.add(fault.text());
                    assertThat(fault.hint()).endsWith(".");
                    assertThat(fault.text()).doesNotContain("wandering").doesNotContain("battery");
                });
        assertThat(seen).isEmpty();
        return said.getFirst();
    }
}
