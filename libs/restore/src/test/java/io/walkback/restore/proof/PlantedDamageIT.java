package io.walkback.restore.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Verdict;
import io.walkback.restore.SourceCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Backups that are byte for byte what the server gave, of a source that was damaged before.
class PlantedDamageIT {
    private static Facts.Rehearsed rehearse(RehearsalSource source, String backup) throws Exception {
        source.cluster.backup(backup);
        source.cluster.archive();
        return source.rehearse(backup, new RecoveryTarget.Immediate());
    }

    @ParameterizedTest // P9
    @ValueSource(ints = {15, 18})
    void pagesThatAreWholeAndWrongAreFoundAndNamed(int major) throws Exception {
        try (RehearsalSource source = new RehearsalSource(new SourceCluster(major))) {
            // Given
            source.cluster.sql(
                    "CREATE TABLE t (n int PRIMARY KEY, filler text)",
                    "INSERT INTO t SELECT g, repeat('x', 100) FROM generate_series(1, 5000) g",
                    "CREATE TABLE h AS SELECT g FROM generate_series(1, 100) g",
                    "CHECKPOINT");
            PlantedDamage.btree(source.cluster, "t_pkey");
            // When
            Facts.Rehearsed index = rehearse(source, "b1");
            PlantedDamage.heap(source.cluster, "h");
            Facts.Rehearsed heap = rehearse(source, "b2");
            // Then
            assertThat(index.verdict()).as(index.reason()).isEqualTo(Verdict.FAILED);
            assertThat(index.object()).isEqualTo("postgres: public.t_pkey");
            assertThat(index.reason()).startsWith("amcheck: ").contains("XX002");
            assertThat(heap.verdict()).as(heap.reason()).isEqualTo(Verdict.FAILED);
            assertThat(heap.object()).isEqualTo("postgres: public.h");
            assertThat(heap.reason()).startsWith("amcheck: block 0: ");
        }
    }

    @Test // P9
    void aPageWithAWrongChecksumIsFoundAndNamed() throws Exception {
        try (RehearsalSource source = new RehearsalSource(new SourceCluster(15))) {
            // Given a fork that nobody reads
            source.cluster.sql(
                    "CREATE TABLE t AS SELECT g FROM generate_series(1, 5000) g",
                    "VACUUM t",
                    "CREATE INDEX i ON t USING hash (g)");
            source.cluster.sql("CHECKPOINT");
            PlantedDamage.bit(source.cluster, "i");
            // When
            Facts.Rehearsed facts = rehearse(source, "b1");
            // Then
            assertThat(facts.verdict()).as(facts.reason()).isEqualTo(Verdict.FAILED);
            assertThat(facts.reason()).startsWith("pages: 1 pages");
            assertThat(facts.object()).matches("base/\\d+/\\d+");
        }
    }
}
