package io.walkback.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

class PostgresToolsTest {
    private static final String ABSENT = "pg_tool_that_nobody_has";

    @Test // P9
    void aMissingJudgeSkipsTheTestAtHomeAndFailsItInCi() {
        // Given
        List<String> missing = List.of(ABSENT);
        // When, Then
        assertThat(new PostgresToolsCondition(Map.of()).decide(missing).isDisabled())
                .isTrue();
        assertThat(new PostgresToolsCondition(Map.of("CI", "false"))
                        .decide(missing)
                        .isDisabled())
                .isTrue();
        assertThatThrownBy(() -> new PostgresToolsCondition(Map.of("CI", "true")).decide(missing))
                .hasMessageContaining(ABSENT);
        assertThat(new PostgresToolsCondition(Map.of("CI", "true"))
                        .decide(List.of())
                        .isDisabled())
                .isFalse();
    }

    @Test
    void theAnnotationDoesNotRunATestWithoutItsJudges() {
        // When
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(WithoutJudges.class))
                .execute()
                .allEvents();
        // Then: skipped, or failed where CI=true; never a pass
        assertThat(tests.succeeded().filter(event -> event.getTestDescriptor().isTest()))
                .isEmpty();
        assertThat(tests.skipped().count() + tests.failed().count()).isEqualTo(1);
    }

    @Test
    void findsProgramsOnThePathAndNamesThoseThatAreNotThere() {
        assertThat(PostgresTools.require("sh")).isExecutable();
        assertThat(PostgresTools.find(ABSENT)).isEmpty();
        assertThat(PostgresTools.missing(List.of("sh", ABSENT))).containsExactly(ABSENT);
        assertThatThrownBy(() -> PostgresTools.require(ABSENT)).hasMessageContaining(ABSENT);
    }

    static final class WithoutJudges {
        @Test
        @JudgedByPostgresTools(ABSENT)
        void passesWithoutAJudge() {}
    }
}
