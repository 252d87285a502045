package io.walkback.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.alerting.rule.AlertKind;
import io.walkback.alerting.rule.FailureRunbook;
import io.walkback.domain.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What an alert names must be there when somebody looks for it at night.
class RunbooksTest {
    private static final Path DOCS = Path.of("..", "docs");

    @ParameterizedTest
    @EnumSource
    void eachAlertKindHasItsPageAndItsRowInTheRules(AlertKind kind) throws IOException {
        // When
        String page = Files.readString(DOCS.resolve("runbooks").resolve(kind.runbook() + ".md"));
        // Then
        assertThat(page)
                .startsWith("# " + kind.id() + "\n")
                .contains(
                        "**What it means.**",
                        "**What to look at.**",
                        "**What to do.**",
                        "**How to see that it is over.**");
        assertThat(Files.readString(DOCS.resolve("alerting.md")))
                .contains("| `" + kind.id() + "` |", "runbooks/" + kind.runbook() + ".md");
        assertThat(Files.readString(DOCS.resolve("runbooks/README.md"))).contains("(" + kind.runbook() + ".md)");
    }

    @ParameterizedTest
    @EnumSource
    void eachFailureCodeIsOnThePageThatItsAlertNames(FailureCode code) throws IOException {
        // When
        String name = FailureRunbook.of(code).page();
        // Then
        assertThat(Files.readString(DOCS.resolve("runbooks").resolve(name + ".md")))
                .contains("\n## " + code.name() + "\n");
        assertThat(Files.readString(DOCS.resolve("runbooks/README.md"))).contains("(" + name + ".md)");
    }
}
