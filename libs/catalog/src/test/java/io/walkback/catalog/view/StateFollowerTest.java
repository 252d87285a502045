package io.walkback.catalog.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StateFollowerTest {
    private static final TopicPartition WORDS = new TopicPartition("words", 0);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final MockConsumer<String, Object> consumer = new MockConsumer<>("earliest");
    private final StateView<String> words = StateView.of(String.class);
    private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();
    private final StateFollower follower = new StateFollower(() -> consumer, Map.of("words", words), fatal::set);
    private long offset;

    @BeforeEach
    void aTopic() {
        consumer.updatePartitions(
                "words", List.of(new PartitionInfo("words", 0, Node.noNode(), new Node[0], new Node[0])));
        consumer.updateBeginningOffsets(Map.of(WORDS, 0L));
    }

    @AfterEach
    void close() {
        follower.close();
    }

    private void ends(long end) {
        consumer.updateEndOffsets(Map.of(WORDS, end));
    }

    private void write(String key, @Nullable String value) {
        consumer.schedulePollTask(() -> consumer.addRecord(new ConsumerRecord<>(
                "words",
                0,
                offset++,
                1_000,
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                value,
                new RecordHeaders(),
                Optional.empty())));
    }

    @Test
    void isReadyOnlyWhenItHasReadToTheEnd() throws InterruptedException {
        // Given
        ends(2);
        write("a", "one");
        follower.start();
        await().atMost(PATIENCE).until(() -> words.find("a").isPresent());
        assertThat(follower.hasCaughtUp()).isFalse();
        // When
        write("a", "two");
        // Then
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        assertThat(words.find("a")).contains("two");
        assertThat(words.writtenAt("a")).contains(Instant.ofEpochMilli(1_000));
        assertThat(follower.isCurrent()).isTrue();
    }

    @Test // F21
    void forgetsWhatWasDeleted() throws InterruptedException {
        // Given
        ends(3);
        write("a", "one");
        write("b", "one");
        write("a", null);
        // When
        follower.start();
        // Then
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        assertThat(words.keys()).containsExactly("b");
        assertThat(words.awaitGone("a", Duration.ZERO)).isTrue();
        assertThat(words.awaitGone("b", Duration.ofMillis(20))).isFalse();
    }

    @Test
    void waitsForWhatWasWrittenBeforeTheQuestion() throws InterruptedException {
        // Given
        ends(0);
        follower.start();
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        ends(1);
        assertThat(follower.catchUp(Duration.ofMillis(300))).isFalse();
        // When
        write("a", "one");
        // Then
        assertThat(follower.catchUp(PATIENCE)).isTrue();
        assertThat(words.find("a")).contains("one");
    }

    @Test
    void goesOnWhenTheBrokerWasAwayForAWhile() throws InterruptedException {
        // Given
        ends(0);
        follower.start();
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        // When
        consumer.schedulePollTask(() -> consumer.setPollException(new TimeoutException("injected")));
        await().atMost(PATIENCE).until(() -> !follower.isCurrent());
        ends(1);
        write("a", "one");
        // Then
        assertThat(follower.catchUp(PATIENCE)).isTrue();
        assertThat(words.find("a")).contains("one");
        assertThat(fatal.get()).isNull();
    }

    @Test
    void takesItsProcessAlongWhenARecordCannotBeRead() {
        // Given
        ends(1);
        consumer.schedulePollTask(() -> consumer.setPollException(new KafkaException("injected")));
        // When
        follower.start();
        // Then
        await().atMost(PATIENCE).until(() -> fatal.get() != null);
        assertThat(fatal.get()).hasMessage("injected");
    }
}
