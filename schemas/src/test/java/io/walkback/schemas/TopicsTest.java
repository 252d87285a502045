package io.walkback.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class TopicsTest {
    @Test
    void operationsShareTheLayoutOfTheLogThatTheyFold() {
        assertThat(Topics.OPERATIONS.partitions()).isEqualTo(Topics.OPERATION_LOG.partitions());
        assertThat(Topics.BACKUP_CATALOG.partitions()).isEqualTo(Topics.OPERATION_LOG.partitions());
        assertThat(Topics.WAL_INDEX.partitions()).isEqualTo(Topics.WAL_SEGMENT_ARCHIVED.partitions());
    }

    @Test
    void theOperationLogIsKeptByTimeAndNeverCompacted() {
        assertThat(Topics.OPERATION_LOG.configuration())
                .containsEntry("cleanup.policy", "delete")
                .containsEntry("retention.ms", Long.toString(Duration.ofDays(90).toMillis()))
                .containsEntry("retention.bytes", "-1")
                .containsEntry("message.timestamp.type", "LogAppendTime");
    }

    @Test
    void stateIsCompactedAndKeepsItsTombstonesForAWeek() {
        List<TopicSpec> states = Topics.all().stream()
                .filter(t -> t.group() == TopicSpec.Group.STATE)
                .toList();
        assertThat(states).hasSize(10).allSatisfy(topic -> assertThat(topic.configuration())
                .containsEntry("cleanup.policy", "compact")
                .containsEntry("delete.retention.ms", "604800000")
                .doesNotContainKey("retention.ms"));
    }

    @Test
    void heartbeatsAreGoneSoonAfterAnHour() {
        assertThat(Topics.OPERATION_HEARTBEATS.configuration())
                .containsEntry("retention.ms", "3600000")
                .containsEntry("segment.ms", "900000");
    }

    @Test
    void everyRequestAndFactHasDeadLettersAndNothingElseHas() {
        List<String> dead = Topics.withDeadLetters().stream()
                .map(TopicSpec::name)
                .filter(name -> name.endsWith("-dlt"))
                .toList();
        assertThat(dead)
                .hasSize(28)
                .contains("backup-requested-dlt", "restore-failed-dlt")
                .doesNotContain("operations-dlt");
        assertThat(Topics.named("backup-requested-dlt")).get().returns(1, TopicSpec::partitions);
    }

    @Test
    void topicNamesAreTheWordsOfTheirEvents() {
        assertThat(Topics.all())
                .filteredOn(t -> t.group() == TopicSpec.Group.REQUEST || t.group() == TopicSpec.Group.FACT)
                .allSatisfy(topic -> assertThat(topic.name())
                        .isEqualTo(String.valueOf(topic.schema())
                                .replaceAll("(?<=.)([A-Z])", "-$1")
                                .toLowerCase(Locale.ROOT)));
    }

    @Test
    void theTailOfADatabaseIsNeverTrimmedByTheBroker() {
        assertThat(Topics.walTail("shop").configuration())
                .containsEntry("retention.ms", "-1")
                .doesNotContainKey("segment.ms");
        assertThat(Topics.walTail("shop").partitions()).isOne();
    }

    @Test
    void aTopicThatCannotBeIsRefused() {
        assertThatThrownBy(() -> new TopicSpec(
                        "t",
                        TopicSpec.Group.LOG,
                        "k",
                        0,
                        Cleanup.DELETE,
                        Duration.ofDays(1),
                        Duration.ZERO,
                        List.of(),
                        null,
                        ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TopicSpec(
                        "t",
                        TopicSpec.Group.LOG,
                        "k",
                        1,
                        Cleanup.DELETE,
                        Duration.ofDays(1),
                        Duration.ofHours(1),
                        List.of(),
                        null,
                        ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Schemas.versions("Nothing")).isInstanceOf(IllegalArgumentException.class);
    }
}
