package io.walkback.testkit;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// Decides about tests that carry [JudgedByPostgresTools].
final class PostgresToolsCondition implements ExecutionCondition {
    private final Map<String, String> environment;

    PostgresToolsCondition() {
        this(System.getenv());
    }

    PostgresToolsCondition(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        List<String> wanted = AnnotationSupport.findAnnotation(context.getElement(), JudgedByPostgresTools.class)
                .map(annotation -> List.of(annotation.value()))
                .orElse(List.of());
        return decide(PostgresTools.missing(wanted));
    }

    ConditionEvaluationResult decide(List<String> missing) {
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("every program is installed");
        }
        if (Boolean.parseBoolean(environment.get("CI"))) {
            throw new IllegalStateException(
                    "CI=true and not installed: " + String.join(", ", missing) + ". Install postgresql-15.");
        }
        return ConditionEvaluationResult.disabled("not installed: " + String.join(", ", missing));
    }
}
