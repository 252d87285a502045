package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.backup.Store;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.layout.ClusterGeometry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// F09: brokers that are away when a connection begins, and what may be found when they are back.
@Timeout(60)
class ConnectionTailTest {
    private static final WalSegment SEGMENT = PushedWal.name(1, 5);

    private final MemoryTail tail = new MemoryTail();
    private final AtomicLong leftOut = new AtomicLong();
    private final Store store;
    private final LineageRepository lineage;

    ConnectionTailTest(@TempDir Path directory) {
        store = new Store(directory.resolve("repository"));
        lineage = store.repository.forWriting(
                Cluster.SHOP, PushedWal.SYSTEM, new ClusterGeometry(PushedWal.SIZE, ClusterGeometry.BLOCK_SIZE));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private ConnectionTail connection() {
        return new ConnectionTail(
                tail,
                lineage.lineage(),
                _ -> Optional.empty(),
                TimelineId.FIRST,
                new DurablePrefix(SEGMENT.start()),
                (_, _) -> {},
                new ConnectionTail.LeftOut(Duration.ofSeconds(5), leftOut::addAndGet),
                false);
    }

    @Test
    void whatTheTailDoesNotGetIsCountedAndATopicThatTurnsOutToBeWrongEndsTheConnection() {
        tail.fault = MemoryTail.away();
        try (ConnectionTail connection = connection()) {
            connection.inspected(SEGMENT.start(), new byte[100], 10, 80);
            assertThat(leftOut).hasValue(80);
            assertThat(connection.isWritten()).isFalse();
            await().until(() -> tail.asked() > 0);
            connection.inspected(SEGMENT.start().plus(80), new byte[100], 0, 100);
            assertThat(leftOut).hasValue(180);
            // When
            OperatorActionException wrong =
                    new OperatorActionException(FailureCode.TOPIC_MISCONFIGURED, "1 replicas", "Make it three.");
            tail.fault = wrong;
            int asked = tail.asked();
            await().until(() -> tail.asked() > asked);
            // Then
            await().untilAsserted(() -> assertThatThrownBy(
                            () -> connection.inspected(SEGMENT.start().plus(180), new byte[100], 0, 100))
                    .isSameAs(wrong));
        }
    }

    @Test
    void aFaultThatNobodyThoughtOfDoesNotEndTheTending() {
        tail.fault = new IllegalStateException("a fault of ours");
        try (ConnectionTail connection = connection()) {
            await().until(() -> tail.asked() > 1);
            connection.inspected(SEGMENT.start(), new byte[100], 0, 100);
        }
    }
}
